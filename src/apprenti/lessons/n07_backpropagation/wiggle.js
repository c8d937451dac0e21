// How far the weights are moved to measure their slopes: the slider is the power of ten.
const LEFT = 52, RIGHT = 464, TOP = 16, BOTTOM = 278; // of the drawing, as the server drew it
const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const raised = (power) => [...String(power)].map((one) => RAISED[one]).join("");

export default function bringAlive(element, { shown, say, number }) {
  const slider = element.querySelector("[data-slider]");
  const dot = element.querySelector("[data-dot] circle");
  const count = element.querySelector("[data-count]");
  const rows = [...element.querySelectorAll("tbody tr")];

  slider.addEventListener("input", () => {
    const k = Number(slider.value), at = k - 1, apart = shown.apart[at];
    slider.nextElementSibling.textContent = number(k, 0);
    const power = apart > 0 ? Math.floor(Math.log10(apart)) : -12;
    dot.setAttribute("cx", LEFT + (at / (shown.apart.length - 1)) * (RIGHT - LEFT));
    dot.setAttribute("cy", TOP - (Math.max(-12, apart > 0 ? Math.log10(apart) : -12) / 12) * (BOTTOM - TOP));
    count.textContent = say("widget.off_by", { k: number(k, 0), apart: `${number(apart / 10 ** power, 1)} × 10${raised(power)}` });
    rows.forEach((row, place) => { row.cells[2].textContent = number(shown.measured[at][place], 6); });
  });
}
