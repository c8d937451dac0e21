// What every page does: theme without losing anything, language at the same place, times as the reader writes them.
import { lang } from "./words.js";

const moments = new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short" });
for (const time of document.querySelectorAll("time")) {
  const at = time.dataset.us ? new Date(Number(time.dataset.us) / 1000) : new Date(time.dateTime);
  if (!time.dateTime) time.dateTime = at.toISOString();
  time.textContent = moments.format(at);
}

for (const link of document.querySelectorAll(".themes a")) {
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const root = document.documentElement;
    root.dataset.theme = link.dataset.theme;
    document.querySelector(`.themes a:not([data-theme="${link.dataset.theme}"])`).focus();
    await fetch(`/preferences?theme=${link.dataset.theme}`, { redirect: "manual" });
    document.dispatchEvent(new CustomEvent("theme"));
  });
}

const PLACE = "apprenti-place";
for (const link of document.querySelectorAll(".langs a")) {
  link.addEventListener("click", () => {
    const here = location.pathname + location.search;
    link.href = `/preferences?lang=${link.lang}&next=${encodeURIComponent(here)}${location.hash}`;
    sessionStorage.setItem(PLACE, JSON.stringify({ here, y: scrollY, lang: link.lang }));
  });
}
const place = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
sessionStorage.removeItem(PLACE);
if (place?.here === location.pathname + location.search) {
  scrollTo({ top: place.y, behavior: "instant" });
  document.querySelector(`.langs a[lang="${place.lang}"]`)?.focus({ preventScroll: true });
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", () => copy(document.getElementById(button.dataset.copy)));
}

// where the clipboard is closed to pages (unencrypted, from another machine), the text is selected instead
export async function copy(element) {
  getSelection().selectAllChildren(element);
  await navigator.clipboard?.writeText(element.textContent).catch(() => {});
}

// a form is sent once
for (const form of document.querySelectorAll('form[method="post"]')) {
  form.addEventListener("submit", () => {
    setTimeout(() => form.querySelectorAll("button").forEach((button) => { button.disabled = true; }));
  });
}
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form button").forEach((button) => { button.disabled = false; });
});
