// Two limits: networks beyond them fade, and the best of the rest is named.
export default function bringAlive(element, { shown, sliders, say, number }) {
  const count = element.querySelector("[data-count]");
  const draw = ({ mb, giga }) => {
    for (const [name, value, digits] of [["mb", mb, 0], ["giga", giga, 1]]) {
      element.querySelector(`[data-slider="${name}"]`).nextElementSibling.textContent = number(value, digits);
    }
    const allowed = shown.networks.filter((one) => one.size_mb <= mb && one.giga <= giga);
    for (const one of shown.networks) {
      element.querySelector(`[data-network="${one.id}"]`).setAttribute("opacity", allowed.includes(one) ? 1 : 0.25);
    }
    const best = allowed.reduce((a, b) => (a && a.right >= b.right ? a : b), null);
    count.textContent = best
      ? say("widget.best", { name: best.name, share: best.right, mb: best.size_mb, giga: best.giga })
      : say("widget.no_network");
  };
  draw(sliders(element, draw).values());
}
