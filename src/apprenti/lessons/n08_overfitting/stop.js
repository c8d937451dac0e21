// A line along the epochs: what both losses are where it stands.
const LEFT = 52, RIGHT = 464;

export default function bringAlive(element, { shown, sliders, say, fill, number }) {
  const line = element.querySelector("[data-stop] line");
  const count = element.querySelector("[data-count]");
  const { loss, held_loss: held, held_accuracy: accuracy } = shown.start;
  const draw = ({ epoch }) => {
    const x = LEFT + ((epoch - 1) / (loss.length - 1)) * (RIGHT - LEFT);
    line.setAttribute("x1", x);
    line.setAttribute("x2", x);
    count.textContent = say("widget.stopped", { epoch, a: loss[epoch - 1], b: held[epoch - 1], p: accuracy[epoch - 1] });
    element.querySelector("output").textContent = number(epoch, 0);
    fill("stop", { epoch });
  };
  draw(sliders(element, draw).values());
}
