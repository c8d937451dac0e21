// Neighbours ticked off, recipes and seconds: what is picked then, and what that loses.
export default function bringAlive(element, { lang, sliders, say, ask, number, percent }) {
  const ticks = [...element.querySelectorAll("[data-neighbour]")];
  const count = element.querySelector("[data-count]");
  const body = element.querySelector("[data-picks] tbody");
  const found = sliders(element, changed);
  for (const tick of ticks) tick.addEventListener("change", changed);

  function changed() {
    for (const [name, digits] of [["k", 0], ["seconds", 1]]) {
      const slider = element.querySelector(`[data-slider="${name}"]`);
      slider.nextElementSibling.textContent = number(Number(slider.value), digits);
    }
    const ticked = Object.fromEntries(ticks.map((one) => [`n${one.dataset.neighbour}`, one.checked ? 1 : 0]));
    ask({ ...found.values(), ...ticked }, draw);
  }

  function draw({ picks, regret, chance }) {
    body.replaceChildren(...picks.map(({ score, seconds, ...names }) => {
      const row = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = names[lang];
      row.append(head, ...[percent(score, 1), number(seconds)].map((text) => Object.assign(document.createElement("td"), { textContent: text })));
      return row;
    }));
    count.textContent = picks.length ? say("widget.lost", { n: picks.length, regret, chance }) : say("widget.none_picked");
  }
}
