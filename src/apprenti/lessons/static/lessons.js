// The list of lessons: which are done, and a file of one's progress.
import { progress } from "./progress.js";

const texts = JSON.parse(document.getElementById("words").textContent);
const common = (key) => key.split(".").reduce((at, part) => at[part], texts);
const all = progress();
for (const card of document.querySelectorAll("[data-lesson]")) {
  if (all[card.dataset.lesson]?.done) card.querySelector(".done").hidden = false;
}

const button = document.getElementById("export-progress");
button.hidden = Object.keys(all).length === 0;
button.addEventListener("click", () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(all, null, 2)], { type: "application/json" }));
  link.download = common("learn.file_name");
  link.click();
  URL.revokeObjectURL(link.href);
});
