// The models room: photos are asked about, and programs are shown how to ask.
import { Refused, ask, freshKey } from "./api.js";
import { Camera } from "./camera.js";
import { copy } from "./frame.js";
import { lang, percent, say, tell, toast } from "./words.js";

const MOST_ROWS = 5, MOST_ANSWERS = 30;
const SVG = "http://www.w3.org/2000/svg";
const $ = (id) => document.getElementById(id);
const facts = JSON.parse($("facts").textContent);
const numbers = new Intl.NumberFormat(lang, { maximumSignificantDigits: 4 });

function made(tag, className, text) {
  return Object.assign(document.createElement(tag), { className, textContent: text });
}

async function asked(file, name) {
  const line = made("li", "said card", ""), body = made("div", "body", "");
  const picture = Object.assign(document.createElement("img"), { alt: "" });
  picture.addEventListener("error", () => picture.replaceWith(made("span", "blank", "")), { once: true });
  picture.src = URL.createObjectURL(file);
  body.append(made("p", "photo-name", name), made("p", "quiet", say("models_room.looking")));
  line.append(picture, body);
  $("answers").prepend(line);
  while ($("answers").children.length > MOST_ANSWERS) $("answers").lastChild.remove();
  try {
    if (file.size > facts.max_bytes) throw new Refused(413, "", say("models_room.too_large", { limit: Math.round(facts.max_bytes / 1e6) }), 0);
    const { data } = await ask("POST", `/v1/tasks/${facts.task}/predictions`, { body: file, key: freshKey() });
    line.classList.toggle("strange", !data.familiar);
    body.replaceChildren(made("p", "photo-name", name), ...answered(data));
    tell(`${name}: ${body.querySelector(".best").textContent}${data.familiar ? "" : `; ${say("models_room.unfamiliar")}`}`);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    body.replaceChildren(made("p", "photo-name", name), made("p", "problem", error.message));
    tell(error.message);
  }
}

function answered(data) {
  const best = made("p", "best", bestOf(data)), parts = [best];
  if (facts.type === "multi_class") best.append(made("span", "", percent(data.labels[0].p)));
  if (!data.familiar) {
    const notice = made("p", "notice", "");
    notice.append(made("b", "", say("models_room.unfamiliar")), " ", say("models_room.unfamiliar_why"));
    parts.push(notice);
  }
  if (facts.type === "regression") parts.push(made("p", "quiet", say("models_room.within", { low: numbers.format(data.low), high: numbers.format(data.high) })));
  else parts.push(bars(data.labels.slice(0, MOST_ROWS)));
  return parts;
}

function bestOf(data) {
  if (facts.type === "regression") return `${numbers.format(data.value)} `;
  if (facts.type === "multi_class") return `${data.labels[0].name} `;
  const given = data.labels.filter((label) => label.given).map((label) => label.name);
  return given.length ? given.join(", ") : say("models_room.no_label");
}

function bars(labels) {
  const list = made("ul", "bars", "");
  for (const { name, p } of labels) {
    const line = document.createElement("li");
    line.append(made("span", "which", name), bar(p), made("span", "p", percent(p)));
    list.append(line);
  }
  return list;
}

function bar(share) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 100 4");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  for (const [kind, width] of [["track", 100], ["fill", 100 * share]]) {
    const rect = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ class: kind, width, height: 4 })) rect.setAttribute(name, value);
    svg.append(rect);
  }
  return svg;
}

async function askAll(files) {
  for (const file of files) await asked(file, file.name || say("models_room.pasted"));
}

if ($("drop")) {
  for (const name of ["dragenter", "dragover"]) {
    addEventListener(name, (event) => { event.preventDefault(); $("drop").classList.add("over"); });
  }
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) $("drop").classList.remove("over"); });
  addEventListener("drop", (event) => {
    event.preventDefault();
    $("drop").classList.remove("over");
    askAll([...event.dataTransfer.files]);
  });
  addEventListener("paste", (event) => askAll([...event.clipboardData.files]));
  $("files").addEventListener("change", async () => { await askAll([...$("files").files]); $("files").value = ""; });

  const camera = new Camera($("video"));
  $("camera").hidden = !navigator.mediaDevices; // closed to pages that came unencrypted from another machine
  $("camera").addEventListener("click", async () => {
    try {
      $("finder").hidden = false;
      if (!camera.isOn) await camera.start();
      $("shoot").focus();
    } catch {
      $("finder").hidden = true;
      toast(say("models_room.no_camera"), { bad: true });
    }
  });
  $("shoot").addEventListener("click", async () => asked(await camera.shoot(), say("models_room.from_camera")));
  $("camera-off").addEventListener("click", () => { camera.stop(); $("finder").hidden = true; $("camera").focus(); });
}

const address = `${location.origin}/v1/tasks/${facts.task}/predictions`;
const SNIPPETS = {
  curl: `curl -H "Authorization: Token $TOKEN" \\
  --data-binary @photo.jpg \\
  ${address}`,
  python: `import os, requests

answer = requests.post(
    "${address}",
    headers={"Authorization": f"Token {os.environ['TOKEN']}"},
    data=open("photo.jpg", "rb"),
)
answer.raise_for_status()
print(answer.json())`,
  javascript: `const answer = await fetch("${address}", {
  method: "POST",
  headers: { authorization: \`Token \${process.env.TOKEN}\` },
  body: await (await import("node:fs/promises")).readFile("photo.jpg"),
});
console.log(await answer.json());`,
};

const tabs = [...document.querySelectorAll('[role="tab"]')];
for (const [at, tab] of tabs.entries()) {
  document.querySelector(`#${tab.getAttribute("aria-controls")} code`).textContent = SNIPPETS[tab.id.slice(4)];
  tab.addEventListener("click", () => pick(at));
  tab.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (by) { pick((at + by + tabs.length) % tabs.length); event.preventDefault(); }
  });
}

function pick(chosen) {
  for (const [at, tab] of tabs.entries()) {
    tab.setAttribute("aria-selected", at === chosen);
    tab.tabIndex = at === chosen ? 0 : -1;
    $(tab.getAttribute("aria-controls")).hidden = at !== chosen;
  }
  tabs[chosen].focus();
}

$("copy")?.addEventListener("click", async () => {
  await copy(document.querySelector('[role="tabpanel"]:not([hidden]) code'));
  tell(say("script.copied"));
});
