// What a model looked at, laid over the photo: warm where the answer would be lost without it.
import { made } from "./drawn.js";
import { percent, say } from "./words.js";

const WARM = [255, 96, 0], MOST_ALPHA = 0.72, COLD_ALPHA = 0.34;
const STEP_PX = 16; // of the small picture the browser then smooths

// draw parts (0..1, row by row) into a canvas that lies over a picture of this size
export function drawHeat(canvas, heat, width, height) {
  const rows = heat.parts.length, small = document.createElement("canvas");
  small.width = small.height = rows;
  const pixels = small.getContext("2d").createImageData(rows, rows);
  heat.parts.flat().forEach((part, at) => pixels.data.set(colour(part), 4 * at));
  small.getContext("2d").putImageData(pixels, 0, 0);
  canvas.width = Math.max(rows * STEP_PX, 64);
  canvas.height = Math.max(1, Math.round((canvas.width * height) / width));
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = "high";
  const [x, y, w, h] = region(heat.fit, canvas.width, canvas.height);
  context.drawImage(small, x, y, w, h);
}

// cold parts are dimmed, warm ones glow
function colour(part) {
  if (part < 0.5) return [10, 14, 20, Math.round(255 * COLD_ALPHA * (1 - 2 * part))];
  return [...WARM, Math.round(255 * MOST_ALPHA * (2 * part - 1))];
}

// where the square the model sees lies on the photo
function region(fit, width, height) {
  if (fit === "squash") return [0, 0, width, height];
  const side = fit === "crop" ? Math.min(width, height) : Math.max(width, height);
  return [(width - side) / 2, (height - side) / 2, side, side];
}

export function heatSaid(heat) {
  if (heat.is_faint) return say("models_room.heat_faint");
  if (!heat.label) return say("models_room.heat_number");
  return say("models_room.heat_said", { label: heat.label, before: percent(heat.answer), after: percent(heat.covered) });
}

// a switch that lays the heat over a picture, and one sentence that says it
export function heatPart(heat, picture) {
  const part = made("div", "heat-part"), said = made("p", "small-text quiet", heatSaid(heat));
  if (heat.is_faint) { part.append(said); return part; }
  const canvas = made("canvas", "heat"), button = made("button", "small", say("models_room.heat_show"));
  canvas.setAttribute("aria-hidden", "true");
  canvas.hidden = true;
  button.type = "button";
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    canvas.hidden = !canvas.hidden;
    button.setAttribute("aria-pressed", !canvas.hidden);
    picture.closest(".said").classList.toggle("hot", !canvas.hidden);
    if (!canvas.hidden) drawHeat(canvas, heat, picture.naturalWidth, picture.naturalHeight);
  });
  picture.after(canvas);
  part.append(button, said);
  return part;
}
