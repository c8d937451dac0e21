// Photos in the order that is asked for.
const ORDERS = {
  loss: (one) => -one.loss,
  cheap: (one) => one.loss,
  sure: (one) => -one.sure,
  unsure: (one) => one.sure,
};

export default function bringAlive(element, { shown, say }) {
  const list = element.querySelector("[data-photos]");
  const said = element.querySelector("[data-said]");
  const items = [...list.children];
  element.querySelector("[data-order]").addEventListener("change", ({ target }) => {
    const by = ORDERS[target.value];
    items.sort((a, b) => by(shown.sorted[a.dataset.place]) - by(shown.sorted[b.dataset.place]));
    list.append(...items);
    said.textContent = say(`widget.sorted.${target.value}`);
  });
}
