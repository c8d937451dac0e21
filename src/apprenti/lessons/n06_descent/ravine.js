// The ravine (x² + 25 y²) / 2: rate and momentum make a way, and the check below asks for a short one.
const LEFT = 52, RIGHT = 464, TOP = 16, BOTTOM = 278; // of the drawing, as the server drew it
const CONDITION = 25, DEEP_ENOUGH = 1e-3, MOST_STEPS = 300;

export default function bringAlive(element, { sliders, say, number, fill }) {
  const line = element.querySelector("[data-way] polyline");
  const count = element.querySelector("[data-count]");
  const said = element.querySelector('[data-slider="rate"]').nextElementSibling;
  const body = element.querySelector("tbody");
  const last = body.insertRow();
  const cells = [0, 1, 2].map((one) => (one ? last.insertCell() : last.appendChild(document.createElement("th"))));

  function draw({ rate, momentum }) {
    let x = 10, y = 1, vx = 0, vy = 0, late = 0;
    const points = [place(x, y)];
    for (let step = 1; step <= MOST_STEPS; step += 1) {
      vx = momentum * vx - rate * x;
      vy = momentum * vy - rate * CONDITION * y;
      x = Math.max(-1e6, Math.min(1e6, x + vx));
      y = Math.max(-1e6, Math.min(1e6, y + vy));
      if ((x * x + CONDITION * y * y) / 2 >= DEEP_ENOUGH) late = step;
      if (step <= 100) points.push(place(x, y));
    }
    line.setAttribute("points", points.join(" "));
    said.textContent = number(rate, 3);
    const isNever = late === MOST_STEPS;
    const grows = (x * x + CONDITION * y * y) / 2 > 62.5;
    count.textContent = say(`widget.${grows ? "grows" : isNever ? "never" : "takes"}`, { n: late + 1 });
    [number(rate, 3), number(momentum), isNever ? "–" : late + 1].forEach((one, place) => { cells[place].textContent = one; });
    fill("ravine", { rate, momentum }, 3);
  }

  draw(sliders(element, draw).values());
}

function place(x, y) {
  const right = (Math.max(-60, Math.min(60, x)) + 12) / 24, up = (Math.max(-25, Math.min(25, y)) + 5) / 10;
  return `${(LEFT + right * (RIGHT - LEFT)).toFixed(1)},${(BOTTOM - up * (BOTTOM - TOP)).toFixed(1)}`;
}
