// Two versions side by side: what the server has asked both, and the photos where they part.
import { Refused, ask } from "./api.js";
import { made, shareBar, svg } from "./drawn.js";
import { lang, percent, say, tell } from "./words.js";

const $ = (id) => document.getElementById(id);
const numbers = new Intl.NumberFormat(lang, { maximumSignificantDigits: 3 });
const points = new Intl.NumberFormat(lang, { maximumFractionDigits: 1, signDisplay: "exceptZero" });
const amounts = new Intl.NumberFormat(lang, { maximumSignificantDigits: 3, signDisplay: "exceptZero" });

export class Comparing {
  constructor(facts) {
    Object.assign(this, { facts, turn: 0 });
    for (const button of document.querySelectorAll("[data-compare]")) {
      button.addEventListener("click", () => this.open(Number(button.dataset.compare)));
    }
    for (const id of ["before", "after"]) $(id).addEventListener("change", () => this.run());
  }

  open(number) {
    const other = [...$("before").options].map((option) => Number(option.value)).filter((one) => one !== number);
    const against = other.includes(this.facts.production) ? this.facts.production : other.at(-1);
    [$("before").value, $("after").value] = [Math.min(number, against), Math.max(number, against)];
    $("comparison").hidden = false;
    $("comparison").scrollIntoView({ block: "nearest" });
    $("comparison").focus({ preventScroll: true });
    this.run();
  }

  // the server asks for a second or two, and goes on when asked again
  async run() {
    const turn = ++this.turn, [before, after] = [$("before").value, $("after").value];
    const place = $("compared");
    if (before === after) { place.replaceChildren(made("p", "quiet", say("models_room.compare_same"))); return; }
    place.replaceChildren(made("p", "quiet", say("models_room.compare_asking", { done: 0, total: "…" })));
    try {
      for (;;) {
        const { data } = await ask("GET", `/v1/tasks/${this.facts.task}/versions/${after}/comparison?other=${before}`);
        if (turn !== this.turn) return;
        if (data.result) { place.replaceChildren(...compared(data)); tell(place.querySelector(".lead-said").textContent); return; }
        if (!data.n_all) { place.replaceChildren(made("p", "notice", say("models_room.compare_no_photos"))); return; }
        place.replaceChildren(made("p", "quiet", say("models_room.compare_asking", { done: data.n_asked, total: data.n_all })));
      }
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      place.replaceChildren(made("p", "problem", error.message));
    }
  }
}

function compared(data) {
  const { result } = data, isError = result.score === "mean_absolute_error";
  const said = (score) => (result.score === "accuracy" ? percent(score) : numbers.format(score));
  const table = made("div", "sides");
  for (const [number, score] of [[data.before, result.before], [data.after, result.after]]) {
    const side = made("p", "side");
    side.append(made("span", "", say("models_room.version", { number })), made("b", "", said(score)));
    if (!isError) side.append(shareBar({ share: score }));
    table.append(side);
  }
  const parts = [
    made("p", "eyebrow", say("models_room.compare_on", { n: result.n })),
    table,
    made("p", "lead-said", leadSaid(data)),
    interval(result, isError),
    made("p", "quiet", countsSaid(result, isError)),
    parted(data, "only_before", data.before),
    parted(data, "only_after", data.after),
  ];
  if (data.n_left_out) parts.push(made("p", "quiet small-text", say("models_room.compare_left_out", { n: data.n_left_out })));
  return parts;
}

function leadSaid({ before, after, result }) {
  const { difference, low, high } = result;
  if (difference === 0 || (low <= 0 && high >= 0)) {
    return say(difference === 0 ? "models_room.compare_equal" : "models_room.compare_chance", { better: difference > 0 ? after : before });
  }
  return say("models_room.compare_better", { better: difference > 0 ? after : before });
}

const countsSaid = (result, isError) => (isError
  ? say("models_room.compare_as_close", { n: result.n_both })
  : `${say("models_room.compare_both", { n: result.n_both })} ${say("models_room.compare_neither", { n: result.n_neither })}`);

// the difference on a line with zero in its middle, its interval as a band
function interval(result, isError) {
  const { difference, low, high } = result, most = 1.1 * Math.max(Math.abs(low), Math.abs(high), 1e-9);
  const said = (value) => (isError ? amounts.format(value) : points.format(100 * value)).replace("-", "−");
  const name = say(isError ? "models_room.compare_error" : result.score === "accuracy" ? "models_room.compare_points" : "models_room.compare_precision", { difference: said(difference), low: said(low), high: said(high) });
  const x = (value) => 150 + (140 * value) / most;
  const picture = svg("svg", { viewBox: "0 0 300 34", "aria-hidden": "true", class: "interval" },
    svg("line", { class: "grid-line", x1: 5, x2: 295, y1: 17, y2: 17 }),
    svg("line", { class: "zero", x1: 150, x2: 150, y1: 4, y2: 30 }),
    svg("rect", { class: "between", x: x(low), width: Math.max(2, x(high) - x(low)), y: 11, height: 12, rx: 6 }),
    svg("circle", { class: "dot", cx: x(difference), cy: 17, r: 6 }));
  const figure = made("figure", "difference");
  figure.append(picture, made("figcaption", "", name));
  return figure;
}

function parted(data, which, number) {
  const photos = data.result[which], n = data.result[`n_${which}`];
  const isError = data.result.score === "mean_absolute_error";
  const part = made("section", "parted");
  part.append(made("h3", "", say(isError ? "models_room.closer" : "models_room.only", { number, n })));
  const list = made("ul", "photos");
  for (const photo of photos) {
    const line = document.createElement("li"), picture = made("img");
    const words = say("models_room.parted_photo", { shows: photo.shows || say("models_room.no_label"), before: photo.before || say("models_room.no_label"), after: photo.after || say("models_room.no_label"), first: data.before, second: data.after });
    Object.assign(picture, { src: `/v1/images/${photo.image_id}/thumbnail`, alt: words, title: words, width: 96, height: 96, loading: "lazy" });
    const wrong = which === "only_before" ? photo.after : photo.before;
    line.append(picture, made("b", "", photo.shows || "–"), made("span", "quiet", say("models_room.other_said", { said: wrong || say("models_room.no_label") })));
    list.append(line);
  }
  if (photos.length) part.append(list);
  return part;
}
