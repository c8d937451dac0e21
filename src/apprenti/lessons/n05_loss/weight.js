// Bars of the dearest photos: the slider leaves some out, and the mean follows.
export default function bringAlive(element, { shown, say, number }) {
  const bars = [...element.querySelectorAll("[data-bars] rect")];
  const count = element.querySelector("[data-count]");
  const slider = element.querySelector("[data-slider]");
  slider.addEventListener("input", () => {
    const n = Number(slider.value);
    slider.nextElementSibling.textContent = number(n, 0);
    bars.forEach((bar, place) => bar.setAttribute("class", place < n ? "bar pale" : "bar"));
    count.textContent = say(n ? "widget.mean_without" : "widget.mean_all", { n, mean: shown.without[n] });
  });
}
