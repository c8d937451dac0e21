// The patch follows the sliders; the answers with it at each place were worked out before.
export default function bringAlive(element, { shown, sliders, say }) {
  const patch = element.querySelector("[data-patch]");
  const count = element.querySelector("[data-count]");
  const side = patch.ownerSVGElement.viewBox.baseVal.width;
  const moved = sliders(element, ({ column, row }) => {
    patch.setAttribute("x", ((column - 1) * 0.75 * side) / (shown.n_covers - 1));
    patch.setAttribute("y", ((row - 1) * 0.75 * side) / (shown.n_covers - 1));
    count.textContent = say("widget.covered", { p: shown.covered[row - 1][column - 1], x: column, y: row });
    whole();
  });
  function whole() { // columns and rows are counted
    for (const [name, value] of Object.entries(moved.values())) {
      element.querySelector(`[data-slider="${name}"]`).nextElementSibling.textContent = value;
    }
  }
}
