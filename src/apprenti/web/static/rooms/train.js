// A training as it goes on: events of the server, drawn as they come.
import { duration, lang, percent, say, tell } from "./words.js";

const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

const budget = $("budget");
if (budget) {
  const said = JSON.parse(budget.dataset.said);
  const show = () => {
    $("budget-said").textContent = said[budget.value];
    budget.setAttribute("aria-valuetext", said[budget.value]);
  };
  budget.addEventListener("input", show);
  show();
}

const running = $("running");
if (running) follow(running.dataset.training);

function follow(id) {
  const events = new EventSource(`/v1/trainings/${id}/events`);
  let job = null, said = "";
  events.addEventListener("progress", (event) => { job = JSON.parse(event.data); show(job); });
  events.addEventListener("end", () => { events.close(); location.reload(); });
  events.addEventListener("error", () => { $("step").textContent = say("script.unreachable"); });
  setInterval(() => { if (job) showTime(job); }, 1000);

  function show(now) {
    $("running-title").textContent = say(now.cancel_requested ? "train_room.cancelling" : `train_room.state_${now.state}`);
    const step = now.progress;
    $("step").textContent = step ? stepSaid(step) : say("train_room.waiting");
    $("news").textContent = step?.news ?? "";
    showCandidates(step?.candidates ?? []);
    showTime(now);
    if (step && step.said !== said) { said = step.said; tell(said); }
  }
}

function stepSaid(step) {
  if (!step.total) return step.said;
  return say("train_room.step_of", { step: step.said, done: step.done, total: step.total });
}

function showTime(job) {
  if (!job.started_at) return;
  const passed = (Date.now() - Date.parse(job.started_at)) / 1000;
  $("whole").value = Math.min(0.98, passed / job.budget_seconds);
  const left = job.budget_seconds - passed;
  $("left").textContent = left > 0 ? say("train_room.left", { time: duration(left) }) : say("train_room.finishing");
}

function showCandidates(candidates) {
  const best = Math.max(...candidates.map((candidate) => candidate.score));
  const lines = candidates.map((candidate) => {
    const line = document.createElement("li");
    line.classList.toggle("best", candidate.score === best);
    line.append(
      Object.assign(document.createElement("span"), { className: "which", textContent: candidate.said }),
      Object.assign(document.createElement("span"), { className: "score", textContent: scoreSaid(candidate) }),
      bar(candidate),
    );
    return line;
  });
  $("candidates").replaceChildren(...lines);
}

function scoreSaid({ score, low, high, is_share }) {
  if (!is_share) return new Intl.NumberFormat(lang, { maximumFractionDigits: 3 }).format(score);
  return low === null ? percent(score) : say("train_room.between", { score: percent(score), low: percent(low), high: percent(high) });
}

// the score as a bar, and where the true one probably is as a band over its end
function bar({ score, low, high }) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value);
  const part = (kind, x, width, y, height) => {
    const rect = document.createElementNS(SVG, "rect");
    for (const [name, value] of Object.entries({ class: kind, x, y, width: Math.max(0, width), height })) rect.setAttribute(name, value);
    svg.append(rect);
  };
  part("track", 0, 100, 2, 2);
  part("fill", 0, 100 * Math.max(0, score), 2, 2);
  if (low !== null) part("between", 100 * Math.max(0, low), 100 * (high - Math.max(0, low)), 0, 6);
  return svg;
}

const report = $("report");
if (report) {
  const fit = () => {
    const inside = report.contentDocument;
    if (!inside?.body) return;
    inside.documentElement.style.colorScheme = document.documentElement.dataset.theme ?? "light dark";
    report.style.height = `${Math.max(400, inside.documentElement.scrollHeight + 4)}px`;
  };
  report.addEventListener("load", () => { fit(); new ResizeObserver(fit).observe(report.contentDocument.body); });
  if (report.contentDocument?.readyState === "complete") fit();
  document.addEventListener("theme", fit);
}
