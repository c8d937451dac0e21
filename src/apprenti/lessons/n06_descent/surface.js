// Two ways down the map of a loss, one without momentum and one with it, from the same start at the same rate.
import { neuron } from "./kernels.js";

const LEFT = 52, RIGHT = 464, TOP = 16, BOTTOM = 278, REACH = 6, N_STEPS = 60; // as the server drew it
const PRICE = 0.01;
const LEAST_P = 2 ** -23;
const SIZES = { all: Infinity, eight: 8, one: 1 };

export default function bringAlive(element, { shown, sliders, say, number }) {
  const plain = element.querySelector("[data-plain]");
  const pushed = element.querySelector("[data-pushed]");
  const count = element.querySelector("[data-count]");
  const batch = element.querySelector("[data-batch]");
  const steps = element.querySelector('[data-slider="n"]').nextElementSibling;
  const rows = [...element.querySelectorAll("tbody tr")];
  const every = shown.truth.map((_, place) => place);

  function answer(place, weights) {
    return neuron([shown.x1[place], shown.x2[place]], weights, shown.b).p;
  }

  function lossAt(weights) {
    let sum = 0;
    for (const place of every) {
      const p = answer(place, weights);
      sum -= Math.log(Math.min(1, Math.max(LEAST_P, shown.truth[place] ? p : 1 - p)));
    }
    return sum / every.length + PRICE * (weights[0] ** 2 + weights[1] ** 2);
  }

  function gradient(weights, places) {
    let g1 = 0, g2 = 0;
    for (const place of places) {
      const off = answer(place, weights) - shown.truth[place];
      g1 += off * shown.x1[place];
      g2 += off * shown.x2[place];
    }
    return [g1, g2].map((sum, at) => sum / places.length + 2 * PRICE * weights[at]);
  }

  function descend({ w1, w2, rate }, momentum, size) {
    const draw = batches(every, Math.min(size, every.length), shown.seed);
    const way = [[w1, w2]];
    let v1 = 0, v2 = 0;
    for (let step = 0; step < N_STEPS; step += 1) {
      const [a, b] = way.at(-1);
      const [g1, g2] = gradient([a, b], draw());
      v1 = momentum * v1 - rate * g1;
      v2 = momentum * v2 - rate * g2;
      way.push([a + v1, b + v2]);
    }
    return way;
  }

  function show(group, way, n) {
    const points = way.slice(0, n + 1).map(place);
    group.querySelector("polyline").setAttribute("points", points.map((one) => one.join(",")).join(" "));
    const [x, y] = points.at(-1);
    const dot = group.querySelector("circle");
    dot.setAttribute("cx", x);
    dot.setAttribute("cy", y);
  }

  function draw(values) {
    const size = SIZES[batch.value];
    const ways = [descend(values, 0, size), descend(values, values.momentum, size)];
    show(plain, ways[0], values.n);
    show(pushed, ways[1], values.n);
    steps.textContent = number(values.n, 0);
    const [one, other] = ways.map((way) => lossAt(way[values.n]));
    count.textContent = say("widget.race", { n: values.n, plain: one, pushed: other });
    for (const row of rows) {
      const step = Number(row.cells[0].textContent);
      const cells = ways.flatMap((way) => [way[step].map((w) => number(w)).join(" ; "), number(lossAt(way[step]), 4)]);
      cells.forEach((cell, column) => { row.cells[column + 1].textContent = cell; });
    }
  }

  const live = sliders(element, draw);
  batch.addEventListener("change", () => draw(live.values()));
  draw(live.values());
}

// the next few photos of a shuffled deck, shuffled anew when it is through; the same each time for the same seed
function batches(every, size, seed) {
  if (size >= every.length) return () => every;
  let state = seed + 1;
  const random = () => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state / 2 ** 32; };
  let deck = [];
  return () => {
    if (deck.length < size) {
      deck = [...every];
      for (let i = deck.length - 1; i > 0; i -= 1) {
        const j = Math.floor(random() * (i + 1));
        [deck[i], deck[j]] = [deck[j], deck[i]];
      }
    }
    return deck.splice(0, size);
  };
}

function place([w1, w2]) {
  const far = 10 * REACH;
  const [x, y] = [w1, w2].map((w) => (Math.max(-far, Math.min(far, w)) + REACH) / (2 * REACH));
  return [(LEFT + x * (RIGHT - LEFT)).toFixed(1), (BOTTOM - y * (BOTTOM - TOP)).toFixed(1)];
}
