// A lesson in the browser: its widgets brought alive, its checks answered in place, what was proved remembered.
import { progress, remember } from "./progress.js";

const lang = document.documentElement.lang;
const { shown, words, lesson, run, photos } = JSON.parse(document.getElementById("lesson").textContent);
const texts = JSON.parse(document.getElementById("words").textContent);
const common = (key) => key.split(".").reduce((at, part) => at[part], texts);
const nChecks = document.querySelectorAll("form.check:not([data-guess])").length;

// numbers as the language writes them, as the server does: −0,25 and 72 %
export function number(value, digits = 2) {
  const plain = new Intl.NumberFormat(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    Math.abs(Number(value.toFixed(digits))) === 0 ? 0 : value);
  return plain.replace("-", "−");
}

export function percent(share, digits = 0) {
  return `${number(100 * share, digits)}${lang === "fr" ? "\u202f" : ""}%`;
}

// a sentence of the lesson's words by its dotted key, {{name}} and {{name:form}} filled from values, then from what is shown
export function say(key, values = {}) {
  const text = key.split(".").reduce((at, part) => at[part], words);
  return text.replace(/\{\{ *([\w.]+) *(?:: *([^{}]+?) *)?\}\}/g, (_, name, form) => {
    const value = name.split(".").reduce((at, part) => at?.[part], name in values ? values : shown);
    if (value === null || value === undefined) return "–";
    if (form === undefined || typeof value !== "number") return String(value);
    if (form.startsWith("plural ")) {
      const [one, other] = form.slice(7).split("/");
      return (lang === "fr" ? Math.abs(value) < 2 : value === 1) ? one : other;
    }
    return formed(value, form);
  });
}

// a number in one of the forms that placeholders and sliders have: percent, percent1, count, or a number of decimals
function formed(value, form = "2") {
  if (form.startsWith("percent")) return percent(value, Number(form.slice(7) || 0));
  return number(value, form === "count" ? 0 : Number(form));
}

// what a widget cannot work out by itself: asked of compute.respond, at most one question under way, the last one wins
function asker() {
  let underWay = false;
  let next = null;
  return async function ask(question, heard) {
    if (underWay) { next = [question, heard]; return; }
    underWay = true;
    const fields = new URLSearchParams({ ...(run && { run }), ...question });
    const answer = await fetch(`/learn/${lesson}/compute?${fields}`).then((one) => one.json()).catch(() => null);
    underWay = false;
    if (answer) heard(answer);
    if (next) { const [question_, heard_] = next; next = null; ask(question_, heard_); }
  };
}

// every native slider says its value beside it
export function sliders(element, changed) {
  const found = Object.fromEntries([...element.querySelectorAll("[data-slider]")].map((one) => [one.dataset.slider, one]));
  const values = () => Object.fromEntries(Object.entries(found).map(([name, one]) => [name, Number(one.value)]));
  const tell = (one) => { one.nextElementSibling.textContent = formed(Number(one.value), one.dataset.form); };
  for (const one of Object.values(found)) {
    one.addEventListener("input", () => {
      tell(one);
      changed(values());
    });
  }
  return { values, set(name, value) { found[name].value = value; tell(found[name]); } };
}

// puts a widget's numbers where a check asks for them
export function fill(check, values, digits = 2) {
  for (const [name, value] of Object.entries(values)) {
    const input = document.querySelector(`form[data-check="${check}"] [name="${name}"]`);
    if (input) input.value = number(value, digits);
  }
}

const tools = { shown, words, lang, say, number, percent, sliders, fill, photo: (row) => photos.replace("{row}", row) };
for (const element of document.querySelectorAll("[data-module]")) {
  import(new URL(element.dataset.module, import.meta.url).href)
    .then((module) => { module.default(element, { ...tools, ask: asker() }); element.dataset.alive = ""; })
    .catch((error) => { console.error(error); });
}

for (const form of document.querySelectorAll("form.check")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const fields = new URLSearchParams(new FormData(form));
    const place = `/learn/${lesson}/check/${form.dataset.check}?${fields}`;
    const verdict = form.querySelector(".verdict");
    const answer = await fetch(place).then((one) => one.json()).catch(() => null);
    verdict.classList.remove("right", "wrong");
    if (!answer) { verdict.textContent = common("learn.unreachable"); return; }
    verdict.innerHTML = answer.html;
    if ("guess" in form.dataset) return;
    verdict.classList.add(answer.right ? "right" : "wrong");
    if (answer.key !== "blank") tell(remember(lesson, form.dataset.check, answer.right, nChecks));
  });
}

function tell(one) {
  if (!one?.done) return;
  const state = document.getElementById("lesson-state");
  state.hidden = false;
  state.textContent = common("learn.all_proved");
}
tell(progress()[lesson]);
