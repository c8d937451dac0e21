// Five things to turn; the network is trained anew for each setting, on the server, and the curves follow.
const LEFT = 52, RIGHT = 464, TOP = 16, BOTTOM = 278;

export default function bringAlive(element, { sliders, say, ask, number }) {
  const flips = element.querySelector("[data-flips]");
  const count = element.querySelector("[data-count]");
  const lines = ["learnt", "held"].map((name) => element.querySelector(`[data-${name}] polyline`));
  const found = sliders(element, changed);
  flips.addEventListener("change", changed);

  function changed() {
    for (const name of ["n", "width"]) {
      const slider = element.querySelector(`[data-slider="${name}"]`);
      slider.nextElementSibling.textContent = number(Number(slider.value), 0);
    }
    ask({ ...found.values(), flips: flips.checked ? 1 : 0 }, draw);
  }

  function draw({ accuracy, held_accuracy: held, gap, n_weights: nWeights }) {
    for (const [line, values] of [[lines[0], accuracy], [lines[1], held]]) {
      line.setAttribute("points", values.map((one, place) =>
        `${LEFT + (place / (values.length - 1)) * (RIGHT - LEFT)},${BOTTOM - one * (BOTTOM - TOP)}`).join(" "));
    }
    count.textContent = say("widget.gap_now", { a: accuracy.at(-1), b: held.at(-1), gap: 100 * gap, n_weights: nWeights });
  }
}
