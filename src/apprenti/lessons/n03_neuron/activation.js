// The sigmoid: the slider moves the sum, the dot says the answer.
import { neuron } from "./kernels.js";

const LEFT = 52, RIGHT = 464, TOP = 16, BOTTOM = 278;

export default function bringAlive(element, { sliders, say }) {
  const dot = element.querySelector("[data-dot] circle");
  const count = element.querySelector("[data-count]");
  sliders(element, ({ z }) => {
    const { p } = neuron([z], [1], 0);
    dot.setAttribute("cx", LEFT + ((z + 6) / 12) * (RIGHT - LEFT));
    dot.setAttribute("cy", BOTTOM - p * (BOTTOM - TOP));
    count.textContent = say("widget.activated", { z, p });
  });
}
