// Who answers: the sliders say from which confidence on the model does so alone, and what a mistake costs.
export default function bringAlive(element, { sliders, say, number, ask }) {
  const label = element.querySelector("[data-label]");
  const count = element.querySelector("[data-count]");
  const cells = Object.fromEntries(
    ["alone", "right", "wrong", "asked"].map((name) => [name, element.querySelector(`[data-${name}]`)]));

  function look(values) {
    ask({ ...values, label: label.value }, (answer) => {
      for (const [name, cell] of Object.entries(cells)) cell.textContent = number(answer[name], 0);
      count.textContent = say("widget.cost", { ...answer, price: values.price });
    });
  }

  const { values } = sliders(element, look);
  label.addEventListener("change", () => look(values()));
}
