// What a share leaves open: the sliders say on how many photos it was measured, and how many were wrong.
const LEFT = 52, RIGHT = 464; // of the drawing, as the server drew it

export default function bringAlive(element, { sliders, say, ask }) {
  const open = element.querySelector("[data-open]");
  const share = element.querySelector("[data-share]");
  const count = element.querySelector("[data-count]");
  const across = (value) => LEFT + value * (RIGHT - LEFT);
  sliders(element, (values) => ask(values, (answer) => {
    open.setAttribute("x1", across(answer.low));
    open.setAttribute("x2", across(answer.high));
    share.setAttribute("cx", across(answer.share));
    count.textContent = say("widget.interval_said", answer);
  }));
}
