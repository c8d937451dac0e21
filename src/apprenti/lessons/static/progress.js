// What has been proved, kept in this browser alone.
const KEY = "apprenti.learn";

export function progress() {
  try { return JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { return {}; }
}

export function remember(lesson, check, isRight, nChecks) {
  const all = progress();
  const one = all[lesson] ?? { checks: {} };
  one.checks[check] = isRight || one.checks[check] === true;
  one.done = Object.values(one.checks).filter(Boolean).length >= nChecks;
  all[lesson] = one;
  try { localStorage.setItem(KEY, JSON.stringify(all)); } catch { /* a browser that keeps nothing */ }
  return one;
}
