// Curves of a network that is trained: its loss falls, its score in validation rises, epoch by epoch.
import { made, svg } from "./drawn.js";
import { lang, percent, say } from "./words.js";

const WIDTH = 320, HEIGHT = 140, LEFT = 44, RIGHT = 10, TOP = 10, BOTTOM = 24;
const numbers = new Intl.NumberFormat(lang, { maximumSignificantDigits: 2 });
const whole = new Intl.NumberFormat(lang, { maximumFractionDigits: 1 });

export function curveFigures(curve, isShare) {
  const figures = [figure(curve, "loss", numbers.format)];
  if (curve.points.some((point) => point.score !== null)) figures.push(figure(curve, "score", isShare ? percent : numbers.format));
  return figures;
}

function figure(curve, what, said) {
  const points = curve.points.filter((point) => point[what] !== null);
  const last = points.at(-1);
  const caption = say(`train_room.curve_${what}`);
  const name = say("train_room.curve_said", { what: caption, value: said(last[what]), epoch: whole.format(last.epoch), epochs: curve.epochs });
  const element = made("figure", "curve");
  element.append(made("figcaption", "", caption), plot(points, what, curve.epochs, said, name));
  return element;
}

function plot(points, what, epochs, said, name) {
  const values = points.map((point) => point[what]);
  const [least, most] = range(Math.min(...values), Math.max(...values), what);
  const x = (epoch) => LEFT + (epoch / epochs) * (WIDTH - LEFT - RIGHT);
  const y = (value) => TOP + (1 - (value - least) / (most - least)) * (HEIGHT - TOP - BOTTOM);
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": name });
  for (const value of [least, most]) {
    picture.append(
      svg("line", { class: "grid-line", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
      text(LEFT - 6, y(value) + 4, said(value), "end"),
    );
  }
  picture.append(text(LEFT, HEIGHT - 6, "0", "middle"), text(WIDTH - RIGHT, HEIGHT - 6, String(epochs), "end"));
  const path = points.map((point) => `${x(point.epoch).toFixed(1)},${y(point[what]).toFixed(1)}`).join(" ");
  const last = points.at(-1);
  picture.append(
    svg("polyline", { class: `line ${what}`, points: path }),
    svg("circle", { class: `dot ${what}`, cx: x(last.epoch), cy: y(last[what]), r: 4 }),
  );
  return picture;
}

// a score is shown on an honest scale: never less than a fifth of all there is
function range(least, most, what) {
  if (what === "loss") return [0, most || 1];
  const spread = Math.max(0.2, most - least), middle = (least + most) / 2;
  const from = Math.max(Math.min(0, least), Math.floor((middle - spread / 2) * 10) / 10);
  return [from, Math.max(from + 0.1, Math.ceil((middle + spread / 2) * 10) / 10)].map((value) => Math.min(1, value));
}

function text(x, y, content, anchor) {
  const element = svg("text", { x, y, "text-anchor": anchor });
  element.textContent = content;
  return element;
}
