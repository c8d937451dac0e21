// Five test photos: a ticked box puts a copy among the training photos; every outcome was worked out beforehand.
export default function bringAlive(element, { shown, say }) {
  const boxes = [...element.querySelectorAll("[data-copy]")];
  const says = [...element.querySelectorAll("[data-says]")];
  const count = element.querySelector("[data-count]");

  function draw() {
    const copied = boxes.reduce((sum, box) => sum + (box.checked ? 2 ** Number(box.dataset.copy) : 0), 0);
    says.forEach((one, place) => { one.textContent = say("widget.says", { answer: shown.answers[copied][place] }); });
    const right = shown.n_right[copied];
    count.textContent = say("widget.count", {
      copies: boxes.filter((box) => box.checked).length, right, share: right / shown.n_tested });
  }

  for (const box of boxes) box.addEventListener("change", draw);
  draw();
}
