// The photos on their plane: sliders move the line, frames take the colour of what the neuron says.
import { neuron } from "./kernels.js";

const LEFT = 52, RIGHT = 464, TOP = 16, BOTTOM = 278; // of the drawing, as the server drew it

export default function bringAlive(element, { shown, sliders, say, fill }) {
  const photos = [...element.querySelectorAll("[data-place]")];
  const line = element.querySelector("[data-boundary]");
  const count = element.querySelector("[data-count]");
  const [x, y] = [shown.x1, shown.x2].map(ends);

  function draw({ w1, w2, b }) {
    let nRight = 0;
    for (const photo of photos) {
      const place = Number(photo.dataset.place);
      const { z } = neuron([shown.x1[place], shown.x2[place]], [w1, w2], b);
      const answer = z > 0 ? 1 : 0;
      const isRight = answer === shown.truth[place];
      nRight += isRight;
      photo.setAttribute("class", `onplane ${answer ? "second" : "first"}${isRight ? "" : " missed"}`);
    }
    drawLine(w1, w2, b);
    count.textContent = say("widget.count", { right: nRight });
    fill("line", { w1, w2, b });
  }

  function drawLine(w1, w2, b) {
    const ends = crossings(w1, w2, b, x, y);
    line.style.display = ends.length < 2 ? "none" : "";
    if (ends.length < 2) return;
    const [[x1, y1], [x2, y2]] = ends.map(([a, c]) => [
      LEFT + ((a - x[0]) / (x[1] - x[0])) * (RIGHT - LEFT),
      BOTTOM - ((c - y[0]) / (y[1] - y[0])) * (BOTTOM - TOP),
    ]);
    for (const [name, value] of Object.entries({ x1, y1, x2, y2 })) line.setAttribute(name, value);
  }

  draw(sliders(element, draw).values());
}

function ends(values) {
  const low = Math.min(...values), high = Math.max(...values);
  const margin = 0.08 * (high - low) || 1;
  return [low - margin, high + margin];
}

// where the line meets the frame: at most two places
function crossings(w1, w2, b, x, y) {
  const found = [];
  if (w2 !== 0) for (const a of x) { const c = -(w1 * a + b) / w2; if (c >= y[0] && c <= y[1]) found.push([a, c]); }
  if (w1 !== 0) for (const c of y) { const a = -(w2 * c + b) / w1; if (a > x[0] && a < x[1]) found.push([a, c]); }
  return found.slice(0, 2);
}
