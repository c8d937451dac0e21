// Two curves of a cost over p: the slider moves a dot on each.
const LEFT = 52, RIGHT = 464, TOP = 16, BOTTOM = 278, HIGHEST = 5; // of the drawing, as the server drew it

export default function bringAlive(element, { sliders, say }) {
  const [first, second] = element.querySelectorAll("[data-dots] circle");
  const count = element.querySelector("[data-count]");
  const pull = element.querySelector("[data-pull]");

  function place(dot, p, cost) {
    dot.setAttribute("cx", LEFT + p * (RIGHT - LEFT));
    dot.setAttribute("cy", BOTTOM - (Math.min(cost, HIGHEST) / HIGHEST) * (BOTTOM - TOP));
  }

  function draw({ p }) {
    const loss = Math.abs(-Math.log(p)), squared = (1 - p) ** 2;
    place(first, p, loss);
    place(second, p, squared);
    count.textContent = say("widget.costs", { p, loss, squared });
    pull.textContent = say("widget.pulls", { cross: 1 - p, squared: 2 * p * (1 - p) ** 2 });
  }

  draw(sliders(element, draw).values());
}
