// The sliders ask the server to let somebody learn; arrows and the way show what was learnt.
const ARROWS = ["↑", "→", "↓", "←"];
const CELL = 80;

export default function bringAlive(element, { shown, sliders, say, fill, ask }) {
  const count = element.querySelector("[data-count]");
  const path = element.querySelector("[data-path]");
  const cells = [...element.querySelectorAll("[data-cell]")];
  const middle = (cell) => `${CELL * (cell % shown.n_columns + 0.5)},${CELL * (Math.floor(cell / shown.n_columns) + 0.5)}`;

  function draw(walk) {
    path.setAttribute("points", walk.path.map(middle).join(" "));
    for (const one of cells) one.textContent = ARROWS[walk.best[Number(one.dataset.cell)]] ?? "·";
    const key = !walk.reached ? "lost" : walk.is_trapped ? "trapped" : "safe";
    count.textContent = say(`widget.${key}`, { n: walk.n_steps });
  }

  function changed(values) {
    element.querySelector('[data-slider="episodes"]').nextElementSibling.textContent = values.episodes;
    fill("settings", values);
    ask(values, draw);
  }

  changed(sliders(element, changed).values());
}
