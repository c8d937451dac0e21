// The training room: the plan before, the race meanwhile, the report afterwards.
import { Refused } from "./api.js";
import { PlanView } from "./plan.js";
import { Race } from "./race.js";

const $ = (id) => document.getElementById(id);
const facts = JSON.parse($("facts").textContent);

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

if ($("plan")) {
  new PlanView(facts).follow().catch((error) => {
    if (!(error instanceof Refused)) throw error;
    $("plan-state").textContent = error.message;
    $("plan").setAttribute("aria-busy", "false");
  });
}
if ($("running")) new Race($("running").dataset.training);

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
  for (const link of document.querySelectorAll("a[data-place]")) {
    link.addEventListener("click", (event) => { if (!event.ctrlKey && !event.metaKey && goTo(link.dataset.place)) event.preventDefault(); });
  }
}

// the report stands below: what explains a number is a scroll away
function goTo(id) {
  const place = report.contentDocument?.getElementById(id);
  if (!place) return false;
  const top = place.getBoundingClientRect().top + report.getBoundingClientRect().top + scrollY - 24;
  scrollTo({ top });
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
  return true;
}
