// What a training would try, and why: shown for the budget the slider stands at.
import { ask, wait } from "./api.js";
import { made, shareBar } from "./drawn.js";
import { duration, lang, percent, say, tell } from "./words.js";

const $ = (id) => document.getElementById(id);
const POLL_SECONDS = 1.5;
const EARLY = 0.7; // of the budget: done by then, and nothing else would be tried with more
const numbers = new Intl.NumberFormat(lang, { maximumFractionDigits: 3 });

// one recipe: what it is, why, what is expected of it or came of it
export function pickLine(pick, came = null) {
  const line = made("li", `recipe ${pick.state}`), words = made("div", "words");
  const which = made("p", "which", pick.said);
  if (pick.state !== "planned") which.append(" ", made("span", "state", say(`train_room.pick_${pick.state}`)));
  words.append(which, made("p", "why", pick.why));
  const facts = made("p", "facts");
  if (came) facts.append(made("b", "", scoreSaid(came)));
  else if (pick.low !== null) facts.append(made("span", "", say("train_room.pick_expected", { low: percent(pick.low), high: percent(pick.high) })));
  if (!came) facts.append(made("span", "time", say("train_room.pick_time", { time: duration(pick.seconds) })));
  line.append(words, facts);
  if (came?.is_share ?? pick.low !== null) {
    line.append(came ? shareBar({ share: came.score, low: came.low, high: came.high }) : shareBar({ low: pick.low, high: pick.high }));
  }
  return line;
}

export function scoreSaid({ score, low, high, is_share }) {
  if (!is_share) return numbers.format(score);
  return low === null ? percent(score) : say("train_room.between", { score: percent(score), low: percent(low), high: percent(high) });
}

// what a position of the slider means
export function meaning(plan, longest, hasTorch) {
  const fitting = plan.picks.slice(0, plan.n_fitting), networks = fitting.filter((pick) => pick.trains_network);
  const n = fitting.length - networks.length, time = duration(plan.seconds);
  const said = [say(networks.length ? "train_room.means_network" : "train_room.means_quick", { n, time })];
  if (plan.n_fitting < plan.picks.length && !networks.length) said.push(say("train_room.means_not_all"));
  if (plan.seconds < EARLY * plan.budget_seconds && sameRecipes(plan, longest)) said.push(say("train_room.means_early"));
  if (!hasTorch) said.push(say("train_room.means_no_torch"));
  return said.join(" ");
}

const sameRecipes = (one, other) => one.picks.every((pick, at) => pick.recipe === other.picks[at]?.recipe);

export class PlanView {
  constructor(facts) {
    Object.assign(this, { facts, plan: null });
    this.slider = $("budget");
    this.slider?.addEventListener("input", () => this.show());
  }

  async follow() {
    const path = `/v1/tasks/${this.facts.task}/plan`;
    let { data } = await ask("GET", path);
    if (data.state === "none" && this.facts.can_edit) ({ data } = await ask("POST", path));
    while (data.state === "wanted") {
      this.take(data);
      await wait(POLL_SECONDS);
      if (document.hidden) continue;
      ({ data } = await ask("GET", path));
    }
    this.take(data);
    if (data.state === "ready") tell(say("train_room.plan_ready"));
  }

  take(data) {
    this.plan = data;
    this.show();
  }

  get chosen() {
    const seconds = this.facts.budgets[this.slider ? Number(this.slider.value) : 3];
    return this.plan.plans.find((plan) => plan.budget_seconds === seconds);
  }

  show() {
    const { state, error, plans } = this.plan ?? { plans: [] };
    const place = $("plan-state");
    place.textContent = { failed: error?.message, wanted: say(plans.length ? "train_room.plan_renewed" : "train_room.plan_wanted") }[state] ?? "";
    place.classList.toggle("waits", state === "wanted");
    place.hidden = !place.textContent;
    $("plan").setAttribute("aria-busy", state === "wanted");
    const plan = this.plan && this.chosen;
    if (!plan) { $("plan").hidden = state === "none"; return; }
    this.showExpected();
    const lines = plan.picks.map((pick, at) => {
      const line = pickLine(pick);
      if (at >= plan.n_fitting) line.classList.add("late");
      return line;
    });
    $("picks").replaceChildren(...lines);
    if ($("budget-means")) $("budget-means").textContent = meaning(plan, plans.at(-1), this.plan.has_torch);
  }

  showExpected() {
    const { low, high, n_datasets: n } = this.plan;
    $("expected").hidden = false;
    $("expected").textContent = low === null
      ? say(n ? "train_room.expected_few" : "train_room.expected_none")
      : say("train_room.expected", { low: percent(low), high: percent(high), n });
  }
}
