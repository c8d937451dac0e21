// A training as it goes on: events of the server, drawn as they come.
import { made } from "./drawn.js";
import { curveFigures } from "./curves.js";
import { pickLine, scoreSaid } from "./plan.js";
import { duration, say, tell } from "./words.js";

const $ = (id) => document.getElementById(id);

export class Race {
  constructor(id) {
    Object.assign(this, { job: null, said: "", best: "", left: null });
    const events = new EventSource(`/v1/trainings/${id}/events`);
    events.addEventListener("progress", (event) => this.show(JSON.parse(event.data)));
    events.addEventListener("end", () => { events.close(); location.reload(); });
    events.addEventListener("error", () => { $("step").textContent = say("script.unreachable"); });
    setInterval(() => { if (this.job) this.showTime(); }, 1000);
  }

  show(job) {
    this.job = job;
    const step = job.progress;
    this.left = step?.seconds_left ? { seconds: step.seconds_left, since: Date.now() } : null;
    $("running-title").textContent = say(job.cancel_requested ? "train_room.cancelling" : `train_room.state_${job.state}`);
    $("step").textContent = step ? stepSaid(step) : say("train_room.waiting");
    this.news = step?.news ?? "";
    this.showRace(step);
    this.showCurves(step);
    this.showTime();
    if (step && step.said !== this.said) { this.said = step.said; tell(step.said); }
  }

  showTime() {
    const { started_at: started, budget_seconds: budget } = this.job;
    const stepLeft = this.left && this.left.seconds - (Date.now() - this.left.since) / 1000;
    $("news").textContent = stepLeft > 1 ? `${this.news} · ${say("train_room.left", { time: duration(stepLeft) })}` : this.news;
    if (!started) return;
    const passed = (Date.now() - Date.parse(started)) / 1000, left = budget - passed;
    $("whole").value = Math.min(0.98, passed / budget);
    $("left").textContent = left > 0 ? say("train_room.left", { time: duration(left) }) : say("train_room.finishing");
  }

  showRace(step) {
    const candidates = step?.candidates ?? [], picks = picksOf(step, candidates);
    $("race-part").hidden = !picks.length;
    const best = candidates.reduce((top, one) => (top && top.score >= one.score ? top : one), null);
    const lines = picks.map((pick) => {
      const line = pickLine(pick, candidates.find((one) => one.recipe === pick.recipe));
      line.classList.toggle("best", pick.recipe === best?.recipe);
      return line;
    });
    $("candidates").replaceChildren(...lines);
    $("ahead").textContent = best ? say("train_room.ahead", { which: best.said, score: scoreSaid(best) }) : "";
    if (best && best.recipe !== this.best) { this.best = best.recipe; tell($("ahead").textContent); }
  }

  showCurves(step) {
    const curves = step?.curves ?? [], isShare = step?.candidates?.[0]?.is_share ?? true;
    $("curves").hidden = !curves.length;
    const drawn = curves.flatMap((curve) => [made("h3", "", say("train_room.curves")), ...curveFigures(curve, isShare)]);
    $("curves").replaceChildren(...drawn);
  }
}

// in the order planned; those an older worker tells of without a plan stand by themselves
function picksOf(step, candidates) {
  const picks = step?.picks ?? [], planned = new Set(picks.map((pick) => pick.recipe));
  const others = candidates.filter((one) => !planned.has(one.recipe));
  return [...others.map((one) => ({ ...one, why: "", state: "tried", seconds: 0 })), ...picks];
}

function stepSaid(step) {
  if (!step.total) return step.said;
  return say("train_room.step_of", { step: step.said, done: step.done, total: step.total });
}
