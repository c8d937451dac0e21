// The review room: one large photo after the other, judged by one key or by thumb.
import { ask } from "./api.js";
import { Queue } from "./review_queue.js";
import { lang, percent, say, tell, toast } from "./words.js";

const MOST_SHARES = 4;
const SVG = "http://www.w3.org/2000/svg";
const $ = (id) => document.getElementById(id);
const facts = JSON.parse($("facts").textContent);
const numbers = new Intl.NumberFormat(lang, { maximumSignificantDigits: 4 });
const byId = new Map(facts.labels.map((label) => [label.id, label]));
const stage = $("stage");
let chosen = new Set(); // labels, where several may fit

const queue = new Queue(facts, {
  trouble: (error) => { if (error) toast(say("review_room.trouble", { why: error.message }), { bad: true }); },
  refused: (error) => { toast(error.message, { bad: true }); show(); },
  answered: (corrections) => {
    for (const held of corrections.filter((one) => one.state === "quarantined")) {
      toast(say("review_room.held_back", { why: held.reason?.message ?? "" }));
    }
  },
  idle: () => { $("saving").hidden = true; standing(); },
});

function element(tag, className, text = "") {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

const addressOf = (item) => `/v1/images/${item.image.id}/file`;
const given = (prediction) => {
  const said = prediction.labels.filter((label) => label.given).map((label) => label.id);
  return said.length || facts.type === "multi_label" ? said : prediction.labels.slice(0, 1).map((label) => label.id);
};

function saidOf(prediction) {
  if (facts.type === "regression") return numbers.format(prediction.value);
  return given(prediction).map(nameOf).join(", ") || say("review_room.none_of_them");
}

function nameOf(id) { return byId.get(id)?.name ?? "?"; }

function show({ focus = false } = {}) {
  const item = queue.current;
  stage.hidden = !item;
  $("nothing").hidden = Boolean(item);
  showProgress();
  if (!item) return showNothing(focus);
  const { prediction, image } = item;
  const name = image.name || say("review_room.unnamed");
  $("photo").src = addressOf(item);
  $("photo").alt = say("review_room.photo", { name, label: saidOf(prediction) });
  $("photo-name").textContent = name;
  $("why").textContent = whyOf(prediction);
  $("why").dataset.reason = prediction.review_reason;
  $("best").textContent = saidOf(prediction);
  $("shares").replaceChildren(...sharesOf(prediction));
  chosen = new Set(given(prediction));
  showLabels(prediction);
  showSame(item);
  if ($("value")) $("value").value = "";
  for (const next of queue.next) new Image().src = addressOf(next);
  if (focus) stage.focus({ preventScroll: true });
  if (focus) keepInSight();
}

// on a phone photo and buttons fill the screen, from the second photo on
function keepInSight() {
  const isNarrow = matchMedia("(max-width: 40rem)").matches && queue.past.length > 0;
  if (isNarrow || stage.getBoundingClientRect().top < 0) stage.scrollIntoView({ block: "start", behavior: "instant" });
}

function whyOf(prediction) {
  const [first, second] = prediction.labels;
  if (prediction.review_reason === "uncertain" && facts.type === "multi_class" && second) {
    return say("review_room.why_between", { first: first.name, second: second.name });
  }
  return say(`review_room.why_${prediction.review_reason}`);
}

function sharesOf(prediction) {
  if (facts.type === "regression") {
    return [element("li", "", say("review_room.margin", { low: numbers.format(prediction.low), high: numbers.format(prediction.high) }))];
  }
  return prediction.labels.slice(0, MOST_SHARES).map(({ name, p }) => {
    const line = element("li", "");
    line.append(element("span", "which", name), bar(p), element("span", "p", percent(p)));
    return line;
  });
}

function bar(p) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({ viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" })) svg.setAttribute(name, value);
  for (const [kind, width] of [["track", 100], ["fill", 100 * p]]) {
    const rect = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ class: kind, width, height: 8 })) rect.setAttribute(name, value);
    svg.append(rect);
  }
  return svg;
}

function showLabels(prediction) {
  if (!$("labels")) return;
  const said = new Set(given(prediction));
  $("labels").replaceChildren(...facts.labels.map((label) => {
    const button = element("button", said.has(label.id) ? "guessed" : "");
    button.type = "button";
    button.dataset.label = label.id;
    if (label.key) button.append(element("kbd", "", label.key.toUpperCase()));
    button.append(element("span", "name", label.name));
    if (facts.type === "multi_label") button.setAttribute("aria-pressed", chosen.has(label.id));
    button.addEventListener("click", () => pick(label));
    return button;
  }));
}

function showSame({ alike }) {
  if (!$("same-line")) return;
  $("same-line").hidden = !alike.length;
  $("same").checked = false;
  if (alike.length) $("same-said").textContent = say("review_room.same", { n: alike.length });
}

function showProgress() {
  const total = Math.max(facts.n_waiting, queue.nDone);
  $("progress").textContent = say("review_room.progress", { done: queue.nDone, total });
  $("bar").value = total ? queue.nDone / total : 0;
  for (const id of ["undo", "undo-last"]) if ($(id)) $(id).disabled = !queue.past.length;
}

function showNothing(focus) {
  const isDone = queue.past.length > 0, n = queue.skipped.length;
  $("nothing-title").textContent = say(isDone ? "review_room.done_title" : "review_room.empty_title");
  $("nothing-why").textContent = say(isDone ? "review_room.done_why" : "review_room.empty_why");
  $("again").hidden = !n;
  if (n) $("again").textContent = say("review_room.skipped", { n });
  if ($("undo-last")) $("undo-last").hidden = !isDone;
  if (!focus) return;
  tell(say("review_room.done_title"));
  ($("again").hidden ? $("undo-last") : $("again"))?.focus();
}

// a label was chosen: alone it is the answer, among several it is one of them
function pick(label) {
  if (facts.type !== "multi_label") return answer({ label_ids: [label.id] });
  if (!chosen.delete(label.id)) chosen.add(label.id);
  const button = $("labels").querySelector(`[data-label="${label.id}"]`);
  button.setAttribute("aria-pressed", chosen.has(label.id));
}

function right() {
  const { prediction } = queue.current;
  if (facts.type === "regression") return answer({ value: prediction.value });
  answer({ label_ids: facts.type === "multi_label" ? [...chosen] : given(prediction) });
}

function answer(body) {
  if (!queue.current || !facts.can_edit) return;
  const { prediction } = queue.current, before = saidOf(prediction);
  const said = body.label_ids ? body.label_ids.map(nameOf).join(", ") || say("review_room.none_of_them") : numbers.format(body.value);
  queue.answer(body, { alsoAlike: Boolean($("same")?.checked) });
  $("saving").hidden = false;
  tell(say(before === said ? "review_room.heard_right" : "review_room.heard_other", { label: said }));
  forward();
}

function skip() {
  if (!queue.current) return;
  queue.skip();
  tell(say("review_room.heard_skipped"));
  forward();
}

function undo() {
  if (!queue.undo()) return;
  tell(say("review_room.heard_undone"));
  show({ focus: true });
}

async function forward() {
  if (!queue.current) await queue.fill().catch(told);
  else queue.fill().catch(told);
  show({ focus: true });
}

function told(error) { toast(error.message, { bad: true }); }

function number() {
  const text = $("value").value.trim().replace(",", ".").replace("−", "-");
  if (!text) return right();
  if (!Number.isFinite(Number(text))) return tell(say("review_room.not_a_number"));
  answer({ value: Number(text) });
}

// keys mean something only while the photo has the focus, so that they disturb nobody who dictates or reads
function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox]), select")) return;
  const key = event.code.match(/^(?:Digit|Numpad)(\d)$/)?.[1] ?? event.key.toLowerCase();
  const label = facts.labels.find((one) => one.key && one.key === key);
  if (event.key === "Enter" && !event.target.closest("button, a, summary")) right();
  else if (key === "s") skip();
  else if (key === "u") undo();
  else if (label && facts.can_edit) pick(label);
  else if ($("value") && /^[\d,.-]$/.test(event.key)) return $("value").focus();
  else return;
  event.preventDefault();
}

async function standing() {
  const { data } = await ask("GET", `/rooms/tasks/${facts.task}/standing`).catch(() => ({}));
  if (!data) return;
  $("next-said").textContent = data.next.said;
  $("next-corrected").textContent = data.next.corrected;
  $("next-confirmed").textContent = data.next.confirmed;
  $("next-bar").hidden = data.next.share === null;
  $("next-bar").value = data.next.share ?? 0;
  if (data.next.is_running && $("train-now")) $("train-now").textContent = say("review_room.next_follow");
  $("estimate-said").textContent = data.estimate.said;
  $("estimate-undecided").textContent = data.estimate.undecided;
  $("estimate-undecided").hidden = !data.estimate.undecided;
  showEstimate(data.estimate);
  $("held-n").textContent = data.held;
  if (data.n_held) $("held").hidden = false;
}

function showEstimate({ accuracy, low, width, bar: said }) {
  $("estimate-bar").toggleAttribute("hidden", accuracy === null);
  $("estimate-bar").setAttribute("aria-label", said);
  $("estimate-between").setAttribute("x", low);
  $("estimate-between").setAttribute("width", width);
  $("estimate-here").setAttribute("x", (accuracy ?? 0) - 0.4);
}

if (stage) {
  stage.addEventListener("keydown", pressed);
  stage.addEventListener("click", (event) => { if (!event.target.closest("button, a, input, label")) stage.focus({ preventScroll: true }); });
  $("right")?.addEventListener("click", right);
  $("skip").addEventListener("click", skip);
  for (const id of ["undo", "undo-last"]) $(id)?.addEventListener("click", undo);
  $("number")?.addEventListener("submit", (event) => { event.preventDefault(); number(); });
  $("again").addEventListener("click", () => { queue.lookAgain(); show({ focus: true }); });
  addEventListener("beforeunload", (event) => { if (queue.nUnsent) event.preventDefault(); });
  queue.fill().catch(told).then(() => show({ focus: true }));
}
