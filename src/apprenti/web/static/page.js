// The page of a model: photos in, answers out. Text is only ever put in as text, never as markup.

const MOST_ANSWERS = 40; // older ones leave, so that a long session stays light
const PERCENT = { style: "percent", maximumFractionDigits: 1 };
const list = document.getElementById("list");
const answers = document.getElementById("answers");
const drop = document.getElementById("drop");
const shown = []; // newest first: {photo, model, card, answer?, problem?}
let queue = Promise.resolve();

const words = () => JSON.parse(document.body.dataset.words);
const lang = () => document.documentElement.lang;
const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** Write a probability as the report does: whole, but with a decimal near 0 and 1, where it matters. */
function percent(p) {
  const write = (share, digits) => share.toLocaleString(lang(), { ...PERCENT, minimumFractionDigits: digits });
  if ((p >= 0.015 && p <= 0.985) || p === 0 || p === 1) return write(Math.round(100 * p) / 100, 0);
  if (p > 0.999) return `>${write(0.999, 1)}`;
  return p < 0.001 ? `<${write(0.001, 1)}` : write(p, 1);
}

/** Make an element with a class, text or children. */
function make(tag, className, ...content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...content);
  return element;
}

// ── asking ──────────────────────────────────────────────────────────────────────────────────────

function take(files) {
  for (const photo of files) {
    const entry = { photo, model: document.body.dataset.model, card: make("li", "answer") };
    entry.card.append(makePicture(photo), make("div", "said"));
    shown.unshift(entry);
    list.prepend(entry.card);
    show(entry);
    queue = queue.then(() => ask(entry)); // one after the other: the server is not flooded
  }
  while (shown.length > MOST_ANSWERS) forget(shown.pop());
  answers.hidden = shown.length === 0;
}

/** Make the small picture; a format that the browser cannot show (TIFF) leaves a square with its name. */
function makePicture(photo) {
  const picture = make("img", "photo");
  picture.alt = "";
  picture.src = URL.createObjectURL(photo);
  picture.addEventListener("error", () => {
    URL.revokeObjectURL(picture.src);
    picture.replaceWith(make("div", "photo unseen", photo.name.split(".").pop().slice(0, 5)));
  });
  return picture;
}

async function ask(entry) {
  if (!shown.includes(entry)) return;
  entry.problem = entry.refusal = undefined;
  try {
    if (entry.photo.size > document.body.dataset.limitMb * 1e6) {
      entry.problem = "too_large";
    } else {
      const form = new FormData();
      form.append("image", entry.photo, entry.photo.name || "photo");
      const response = await fetch(`/v1/models/${encodeURIComponent(entry.model)}/predict`, {
        method: "POST",
        body: form,
        headers: { "Accept-Language": lang() },
      });
      const data = await response.json();
      if (response.ok) entry.answer = data;
      else entry.refusal = data.error.message;
    }
  } catch {
    entry.problem = "unreachable";
  }
  show(entry);
  hear(entry);
}

function forget(entry) {
  URL.revokeObjectURL(entry.card.querySelector("img")?.src);
  entry.card.remove();
}

// ── showing ─────────────────────────────────────────────────────────────────────────────────────

function problemOf(entry) {
  if (!entry.problem) return entry.refusal;
  return fill(words()[entry.problem], { limit: document.body.dataset.limitMb });
}

function show(entry) {
  const parts = [make("p", "name", entry.photo.name)];
  const problem = problemOf(entry);
  if (problem) parts.push(make("p", "problem", problem));
  else if (entry.answer) parts.push(...showAnswer(entry.answer));
  else parts.push(make("p", "waiting", words().looking));
  entry.card.classList.toggle("unsure", Boolean(entry.answer && !entry.answer.familiar));
  entry.card.querySelector(".said").replaceChildren(...parts);
}

function showAnswer(answer) {
  const [said, sure] = inShort(answer);
  const label = make("h3", "label", said, " ", make("span", "", sure));
  const shown = [label, answer.top ? make("ol", "rows", ...showRows(answer)) : showInterval(answer)];
  if (answer.familiar) return shown;
  const note = make("p", "note", make("strong", "", words().unfamiliar), words().unfamiliar_why);
  return [note, ...shown];
}

/** Return what is answered, in words or as a number, and how sure it is, where that is one figure. */
function inShort(answer) {
  if ("value" in answer) return [amount(answer.value, answer), ""];
  if (!answer.labels) return [answer.label, percent(answer.probability)];
  return [answer.labels.map(({ label }) => label).join(words().separator) || words().no_label, ""];
}

/** Write a number with as many decimals as its interval leaves sense in. */
function amount(value, { interval: [low, high] }) {
  const digits = Math.min(Math.max(1 - Math.floor(Math.log10(high - low || 1)), 0), 6);
  return value.toLocaleString(lang(), { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function showInterval(answer) {
  const [low, high] = answer.interval.map((end) => amount(end, answer));
  return make("p", "quiet", fill(words().within, { low, high, share: percent(answer.level) }));
}

/** Show the most probable labels; of several, those that are not given stand back. */
function showRows({ top, labels }) {
  const given = new Set((labels ?? top).map(({ label }) => label));
  return top.map((row) => showRow(row, given.has(row.label)));
}

function showRow({ label, probability }, isGiven) {
  const bar = make("span", "fill");
  bar.style.width = `${100 * probability}%`;
  const track = make("span", "track", bar);
  track.setAttribute("aria-hidden", "true"); // the figure beside it says the same
  const which = make("span", "which", label);
  which.title = label;
  return make("li", isGiven ? "" : "left-out", which, track, make("span", "sure", percent(probability)));
}

/** Say the answer to those who hear the page. */
function hear(entry) {
  const { answer, photo } = entry;
  const [label, sure] = answer ? inShort(answer) : [];
  const values = answer && { photo: photo.name, label, sure };
  const sentence = answer && words()[(sure ? "heard" : "heard_plain") + (answer.familiar ? "" : "_unfamiliar")];
  document.getElementById("heard").textContent = problemOf(entry) || fill(sentence, values);
}

// ── another language, another model: the page changes its words and keeps its answers ───────────

async function become(address) {
  const response = await fetch(address);
  const next = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of document.querySelectorAll("[data-swap]")) {
    const other = next.querySelector(`[data-swap="${part.dataset.swap}"]`);
    if (part === document.body) Object.assign(part.dataset, other.dataset);
    else part.replaceChildren(...other.childNodes);
    if (other.ariaLabel) part.ariaLabel = other.ariaLabel;
  }
  document.documentElement.lang = next.documentElement.lang;
  document.title = next.title;
  history.replaceState(null, "", address);
  nameOrigin();
  for (const entry of shown) {
    if (entry.refusal) queue = queue.then(() => ask(entry)); // the server says why in the new language
    else show(entry);
  }
}

function nameOrigin() {
  document.querySelector("[data-origin]").textContent = location.origin;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("nav a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const spot = `nav[data-swap="${link.closest("nav").dataset.swap}"] a[aria-current]`;
  become(link.getAttribute("href")).then(
    () => document.querySelector(spot).focus({ preventScroll: true }),
    () => location.assign(link.href),
  );
});

// ── ways in: choosing, the camera, dropping, pasting ────────────────────────────────────────────

for (const input of document.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => {
    take([...input.files]);
    input.value = ""; // so that the same photo can be chosen again
  });
}
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  drop.classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  if (!event.relatedTarget) drop.classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  take([...event.dataTransfer.files]);
});
document.addEventListener("paste", (event) => take([...event.clipboardData.files]));
document.getElementById("clear").addEventListener("click", () => {
  shown.splice(0).forEach(forget);
  answers.hidden = true;
  document.getElementById("files").focus();
});
nameOrigin();
