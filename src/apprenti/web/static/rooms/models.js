// The models room: photos are asked about, versions are compared, and programs are shown how to ask.
import { answered, nearestPart } from "./answers.js";
import { Refused, ask, freshKey } from "./api.js";
import { Camera } from "./camera.js";
import { Comparing } from "./compare.js";
import { made } from "./drawn.js";
import { offerExports } from "./exports.js";
import { copy } from "./frame.js";
import { heatPart } from "./heat.js";
import { Live } from "./live.js";
import { say, tell, toast } from "./words.js";

const MOST_ANSWERS = 30, HEAT_CELLS = 7, N_NEAREST = 6;
const $ = (id) => document.getElementById(id);
const facts = JSON.parse($("facts").textContent);
const who = () => ($("who") ? `version=${$("who").value}` : "");

async function asked(file, name) {
  const line = made("li", "said card"), body = made("div", "body"), shown = made("div", "shown");
  const picture = Object.assign(document.createElement("img"), { alt: "" });
  picture.addEventListener("error", () => picture.replaceWith(made("span", "blank")), { once: true });
  picture.src = URL.createObjectURL(file);
  shown.append(picture);
  body.append(made("p", "photo-name", name), made("p", "quiet", say("models_room.looking")));
  line.append(shown, body);
  $("answers").prepend(line);
  while ($("answers").children.length > MOST_ANSWERS) $("answers").lastChild.remove();
  try {
    if (file.size > facts.max_bytes) throw new Refused(413, "", say("models_room.too_large", { limit: Math.round(facts.max_bytes / 1e6) }), 0);
    const { data } = await ask("POST", `/v1/tasks/${facts.task}/predictions?${who()}`, { body: file, key: freshKey() });
    line.classList.toggle("strange", !data.familiar);
    body.replaceChildren(made("p", "photo-name", name), ...answered(data, facts.type));
    tell(`${name}: ${body.querySelector(".best").textContent}${data.familiar ? "" : `; ${say("models_room.unfamiliar")}`}`);
    await explained(file, line, picture);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    body.replaceChildren(made("p", "photo-name", name), made("p", "problem", error.message));
    tell(error.message);
  }
}

// why it says so: what it looked at, and what it knows that is like this
async function explained(file, line, picture) {
  const why = made("div", "why");
  why.append(made("p", "quiet small-text", say("models_room.explaining")));
  line.append(why);
  const { data } = await ask("POST", `/v1/tasks/${facts.task}/explanations?heat=${HEAT_CELLS}&nearest=${N_NEAREST}&${who()}`, { body: file });
  why.replaceChildren(heatPart(data.heat, picture), nearestPart(data.nearest));
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

  const camera = new Camera($("video")), live = new Live(camera, facts, who);
  $("camera").hidden = !navigator.mediaDevices; // closed to pages that came unencrypted from another machine
  $("camera").addEventListener("click", async () => {
    try {
      $("finder").hidden = false;
      if (!camera.isOn) await camera.start();
      live.start();
      $("shoot").focus();
    } catch {
      $("finder").hidden = true;
      toast(say("models_room.no_camera"), { bad: true });
    }
  });
  $("shoot").addEventListener("click", async () => asked(await camera.shoot(), say("models_room.from_camera")));
  const off = () => { live.stop(); camera.stop(); $("finder").hidden = true; };
  $("camera-off").addEventListener("click", () => { off(); $("camera").focus(); });
  addEventListener("pagehide", off);
}

if ($("comparison")) new Comparing(facts);
offerExports(facts);

const tabs = [...document.querySelectorAll('[role="tab"]')];
for (const [at, tab] of tabs.entries()) {
  const code = document.querySelector(`#${tab.getAttribute("aria-controls")} code`);
  code.textContent = code.textContent.replaceAll(facts.origin, location.origin); // a proxy may call the server otherwise
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
