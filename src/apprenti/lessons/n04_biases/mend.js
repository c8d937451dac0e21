// Something is added to the bias of the class: its group gains, the other classes lose.
const LEFT = 52, RIGHT = 464, TOP = 16, BOTTOM = 278; // of the drawing, as the server drew it

export default function bringAlive(element, { shown, sliders, say }) {
  const dots = [...element.querySelectorAll("[data-dots] circle")];
  const count = element.querySelector("[data-count]");
  const last = shown.added.at(-1);
  sliders(element, ({ b }) => {
    const at = shown.added.indexOf(b);
    const [group, others] = [shown.group_recalls[at], shown.other_recalls[at]];
    [group, others].forEach((recall, place) => {
      dots[place].setAttribute("cx", LEFT + (b / last) * (RIGHT - LEFT));
      dots[place].setAttribute("cy", BOTTOM - recall * (BOTTOM - TOP));
    });
    count.textContent = say("widget.mended", { b, group, others, n: shown.n_taken[at] });
  });
}
