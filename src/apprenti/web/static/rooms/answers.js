// What a model says of a photo, as the rooms show it.
import { made, shareBar } from "./drawn.js";
import { lang, percent, say } from "./words.js";

const MOST_ROWS = 5;
const numbers = new Intl.NumberFormat(lang, { maximumSignificantDigits: 4 });

// the answer in full: the best first, what is unfamiliar, and how probable the others are
export function answered(data, type) {
  const parts = [bestLine(data, type)];
  if (!data.familiar) parts.push(strange());
  if (type === "regression") parts.push(made("p", "quiet", say("models_room.within", { low: numbers.format(data.low), high: numbers.format(data.high) })));
  else parts.push(bars(data.labels.slice(0, MOST_ROWS)));
  return parts;
}

export function bestLine(data, type) {
  const best = made("p", "best", `${bestOf(data, type)} `);
  if (type === "multi_class") best.append(made("span", "", percent(data.labels[0].p)));
  return best;
}

export function bestOf(data, type) {
  if (type === "regression") return numbers.format(data.value);
  if (type === "multi_class") return data.labels[0].name;
  const given = data.labels.filter((label) => label.given).map((label) => label.name);
  return given.length ? given.join(", ") : say("models_room.no_label");
}

function strange() {
  const notice = made("p", "notice");
  notice.append(made("b", "", say("models_room.unfamiliar")), " ", say("models_room.unfamiliar_why"));
  return notice;
}

export function bars(labels) {
  const list = made("ul", "bars");
  for (const { name, p } of labels) {
    const line = document.createElement("li");
    line.append(made("span", "which", name), shareBar({ share: p }), made("span", "p", percent(p)));
    list.append(line);
  }
  return list;
}

// photos it learnt from that are most like this one
export function nearestPart(photos) {
  const part = made("div", "nearest");
  part.append(made("p", "small-title", say(photos.length ? "models_room.nearest" : "models_room.nearest_none")));
  const list = made("ul");
  for (const { image_id: id, likeness, shows } of photos) {
    const line = document.createElement("li"), picture = made("img");
    const said = say("models_room.near_photo", { shows: shows.join(", ") || say("models_room.no_label"), likeness: percent(Math.max(0, likeness)) });
    Object.assign(picture, { src: `/v1/images/${id}/thumbnail`, alt: said, title: said, width: 64, height: 64, loading: "lazy" });
    picture.addEventListener("error", () => line.remove(), { once: true });
    line.append(picture, made("span", "", shows.join(", ")));
    list.append(line);
  }
  if (photos.length) part.append(list);
  return part;
}
