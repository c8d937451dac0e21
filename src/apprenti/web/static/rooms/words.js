// Every sentence comes from the server, in the page's language; here only numbers and plurals are put in.
const areas = JSON.parse(document.getElementById("words").textContent);
export const lang = document.documentElement.lang;
const numbers = new Intl.NumberFormat(lang);
const percents = new Intl.NumberFormat(lang, { style: "percent", maximumFractionDigits: 1 });

export function say(key, values = {}) {
  const dot = key.indexOf(".");
  let entry = areas[key.slice(0, dot)][key.slice(dot + 1)];
  if (typeof entry === "object") entry = isOne(values.n) ? entry.one : entry.other;
  return entry.replace(/\{(\w+)\}/g, (_, name) =>
    typeof values[name] === "number" ? number(values[name]) : String(values[name]));
}

// French counts 0 and 1.5 as one, English does not
const isOne = (n) => (lang === "fr" ? Math.abs(n) < 2 : n === 1);

export const number = (value) => numbers.format(value);

export function percent(share) {
  if (share > 0 && share < 0.0005) return `<${lang === "fr" ? "\u202f" : ""}${percents.format(0.001)}`;
  const shown = share > 0.999 && share < 1 ? 0.999 : share;
  return percents.format(shown >= 0.015 && shown <= 0.985 ? Math.round(shown * 100) / 100 : shown);
}

export function duration(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 100) return `${whole}\u00a0s`;
  const minutes = Math.round(whole / 60);
  return minutes < 100 ? `${minutes}\u00a0min` : `${Math.floor(minutes / 60)}\u00a0h\u00a0${minutes % 60}\u00a0min`;
}

// what somebody who cannot see the page hears
export function tell(text) {
  const heard = document.getElementById("heard");
  heard.textContent = "";
  setTimeout(() => { heard.textContent = text; }, 50);
}

let hiding = 0;

// a line at the bottom for a while, with something to do about it
export function toast(text, { act, label, bad = false, stays = false } = {}) {
  const box = document.getElementById("toast");
  box.replaceChildren(Object.assign(document.createElement("span"), { textContent: text }));
  box.classList.toggle("bad", bad);
  if (act) {
    const button = Object.assign(document.createElement("button"), { textContent: label, type: "button" });
    button.addEventListener("click", () => { box.hidden = true; act(); });
    box.append(button);
  }
  box.hidden = false;
  tell(text);
  clearTimeout(hiding);
  hiding = setTimeout(() => { box.hidden = true; }, stays ? 30000 : bad ? 12000 : 6000);
}
