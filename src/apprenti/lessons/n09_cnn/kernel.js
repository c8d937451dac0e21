// A photo under nine weights: what comes out is drawn at once, and compared with the map that is sought.
import { convolve3x3 } from "./kernels.js";

export default function bringAlive(element, { shown, say, fill }) {
  const inputs = [...element.querySelectorAll("[data-weight]")];
  const out = element.querySelector("[data-out]");
  const count = element.querySelector("[data-count]");
  const stages = [...element.querySelectorAll("input[type=radio]")];

  function draw() {
    const weights = inputs.map((one) => Number(one.value) || 0);
    const map = convolve3x3(shown.picture, [0, 3, 6].map((at) => weights.slice(at, at + 3)));
    const stage = stages.find((one) => one.checked).value;
    const rectified = map.map((row) => row.map((one) => Math.max(0, one)));
    out.src = picture({ convolved: map, relu: rectified, pooled: pooled(rectified) }[stage], stage === "convolved");
    const r = correlation(map, shown.sobel);
    count.textContent = say(r >= 0.9 ? "widget.like" : "widget.unlike", { r });
    fill("kernel", Object.fromEntries(weights.map((one, place) => [`k${place}`, one])));
  }

  for (const one of [...inputs, ...stages]) one.addEventListener("input", draw);
  for (const button of element.querySelectorAll("[data-preset]")) {
    button.addEventListener("click", () => {
      button.dataset.preset.split(",").forEach((value, place) => { inputs[place].value = value; });
      draw();
    });
  }
  draw();
}

function pooled(map) {
  const rows = [];
  for (let y = 0; y + 1 < map.length; y += 2) {
    const row = [];
    for (let x = 0; x + 1 < map[y].length; x += 2) row.push(Math.max(map[y][x], map[y][x + 1], map[y + 1][x], map[y + 1][x + 1]));
    rows.push(row);
  }
  return rows;
}

// signed: grey for 0; otherwise black for 0
function picture(map, signed) {
  const canvas = document.createElement("canvas");
  canvas.height = map.length;
  canvas.width = map[0].length;
  const pen = canvas.getContext("2d");
  const image = pen.createImageData(canvas.width, canvas.height);
  const most = Math.max(...map.flat().map(Math.abs)) || 1;
  map.flat().forEach((one, place) => {
    const light = signed ? 127.5 + (127.5 * one) / most : (255 * one) / most;
    image.data.set([light, light, light, 255], 4 * place);
  });
  pen.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

function correlation(first, second) {
  const [a, b] = [first.flat(), second.flat()].map((all) => {
    const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
    return all.map((one) => one - mean);
  });
  const product = (x, y) => x.reduce((sum, one, place) => sum + one * y[place], 0);
  const size = Math.sqrt(product(a, a) * product(b, b));
  return size > 1e-9 ? product(a, b) / size : 0;
}
