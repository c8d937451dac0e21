// Photos a day and their size: what a year comes to.
export default function bringAlive(element, { sliders, say, number }) {
  const count = element.querySelector("[data-count]");
  const changed = ({ photos, kilobytes }) => {
    for (const one of element.querySelectorAll("[data-slider]")) one.nextElementSibling.textContent = number(Number(one.value), 0);
    count.textContent = say("widget.volume", { terabytes: photos * 365 * kilobytes / 1e9, per_second: photos / 86400 });
  };
  changed(sliders(element, changed).values());
}
