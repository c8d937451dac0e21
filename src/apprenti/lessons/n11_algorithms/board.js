// The drawn set, its size and its noise are chosen, algorithms ticked off: bars, and who wins among those left.
const LABELS = 170, FULL = 480 - 170 - 16 - 44; // of the drawing, as the server drew it

export default function bringAlive(element, { shown, say, percent }) {
  const choices = Object.fromEntries([...element.querySelectorAll("[data-choice]")].map((one) => [one.dataset.choice, one]));
  const ticks = [...element.querySelectorAll("[data-tick]")];
  const count = element.querySelector("[data-count]");
  for (const one of [...Object.values(choices), ...ticks]) one.addEventListener("change", draw);

  function draw() {
    const cell = shown.cells.find((one) => one.set === choices.set.value && one.n_each === Number(choices.n.value)
      && one.noise === Number(choices.noise.value));
    const ticked = shown.ids.filter((id) => ticks.find((one) => one.dataset.tick === id).checked);
    const share = (id) => cell.right[shown.ids.indexOf(id)];
    const best = Math.max(...ticked.map(share));
    for (const id of shown.ids) drawRow(id, share(id), ticked.includes(id), best);
    const names = ticked.filter((id) => share(id) === best).map((id) => say(`widget.${id}`)).join(", ");
    count.textContent = ticked.length ? say("widget.winner", { names, share: best }) : say("widget.nobody");
  }

  function drawRow(id, share, takesPart, best) {
    const row = element.querySelector(`[data-row="${id}"]`);
    const [bar, said] = [row.querySelector("rect"), row.querySelector(".tick")];
    row.setAttribute("visibility", takesPart ? "visible" : "hidden");
    bar.setAttribute("class", share === best ? "bar" : "bar pale");
    bar.setAttribute("width", share * FULL);
    said.setAttribute("x", LABELS + share * FULL + 6);
    said.textContent = percent(share, 1);
  }

  draw();
}
