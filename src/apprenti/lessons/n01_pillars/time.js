// Photos times passes, divided by photos per second.
export default function bringAlive(element, { sliders, say, number }) {
  const count = element.querySelector("[data-count]");
  const changed = ({ photos, passes, rate }) => {
    for (const one of element.querySelectorAll("[data-slider]")) one.nextElementSibling.textContent = number(Number(one.value), 0);
    const seconds = photos * passes / rate;
    count.textContent = say("widget.takes", { seconds, minutes: seconds / 60 });
  };
  changed(sliders(element, changed).values());
}
