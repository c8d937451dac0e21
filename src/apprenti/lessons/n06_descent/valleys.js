// A ball on a curve with two valleys: where does it come to rest?
const LEFT = 52, RIGHT = 464, TOP = 16, BOTTOM = 278, N_STEPS = 200; // of the drawing, as the server drew it

const height = (w) => (w * w - 4) ** 2 / 8 + 0.4 * w + 1;
const slope = (w) => (w * (w * w - 4)) / 2 + 0.4;

export default function bringAlive(element, { sliders, say }) {
  const way = element.querySelector("[data-way]");
  const ball = element.querySelector("[data-ball] circle");
  const count = element.querySelector("[data-count]");

  function place(dot, w) {
    dot.setAttribute("cx", LEFT + ((w + 4) / 8) * (RIGHT - LEFT));
    dot.setAttribute("cy", BOTTOM - (Math.min(height(w), 13) / 12) * (BOTTOM - TOP));
  }

  function draw({ start, rate, momentum }) {
    let w = start, v = 0;
    const dots = [];
    for (let step = 0; step < N_STEPS; step += 1) {
      if (step < 60) {
        const dot = document.createElementNS("http://www.w3.org/2000/svg", "circle");
        dot.setAttribute("class", "dot faint");
        dot.setAttribute("r", "3");
        place(dot, w);
        dots.push(dot);
      }
      v = momentum * v - rate * slope(w);
      w += v;
      if (!(Math.abs(w) < 10)) break;
    }
    way.replaceChildren(...dots);
    const isGone = !(Math.abs(w) < 10);
    place(ball, isGone ? start : w);
    const moves = Math.abs(v) > 0.001;
    const key = isGone ? "flies" : moves ? "rolls" : w > 0 ? "rests_high" : "rests_low";
    count.textContent = say(`widget.${key}`, { w, height: height(w) });
  }

  draw(sliders(element, draw).values());
}
