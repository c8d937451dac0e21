// Months of work against a price a month, salaries as in the text.
export default function bringAlive(element, { shown, sliders, say, number }) {
  const count = element.querySelector("[data-count]");
  const changed = ({ months, price }) => {
    for (const one of element.querySelectorAll("[data-slider]")) one.nextElementSibling.textContent = number(Number(one.value), 1);
    const build = shown.yearly * months / 12;
    count.textContent = say("widget.cost", { build, years: build / price / 12 });
  };
  changed(sliders(element, changed).values());
}
