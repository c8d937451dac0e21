// The network, one step at a time: forward, backward, update, next photo. Python works out every number.
const PARAMETERS = ["w11", "w12", "b1", "w21", "w22", "b2", "v1", "v2", "c"];
const NEXT = { forward: "backward", backward: "update", update: "photo", photo: "forward" };
const FORWARD = ["h1", "h2", "p", "loss"];

export default function bringAlive(element, { shown, say, number, photo, ask }) {
  const all = (name) => new Map([...element.querySelectorAll(`[data-${name}]`)].map((one) => [one.dataset[name], one]));
  const values = all("value"), slopes = all("slope");
  const [next, round, again] = ["next", "round", "again"].map((name) => element.querySelector(`[data-${name}]`));
  const count = element.querySelector("[data-count]");
  const truth = element.querySelector("[data-truth]");
  const image = element.querySelector("[data-picture] img");
  const rows = [...element.querySelectorAll("tbody tr")];
  let parameters, place, step, answer;

  function write(names, from, digits, into) {
    for (const name of names) into.get(name).textContent = from ? number(from[name], digits) : "";
  }

  // a photo before anything has been worked out; what was held of gradients is set to zero
  function show() {
    const one = shown.photos[place];
    image.src = photo(one.row);
    image.alt = say("widget.photo_of", one);
    truth.textContent = say("widget.truth", one);
    write(PARAMETERS, parameters, 2, values);
    write(["x1", "x2"], one, 2, values);
    for (const name of FORWARD) values.get(name).textContent = "?";
    for (const slope of slopes.values()) slope.textContent = "";
  }

  const acts = {
    forward() {
      write(FORWARD, answer.values, 2, values);
      count.textContent = say("widget.did_forward", answer.values);
    },
    backward() {
      write(slopes.keys(), answer.slopes, 3, slopes);
      count.textContent = say("widget.did_backward", answer.values);
    },
    update() {
      const after = { loss: answer.values.loss, after: answer.loss_after, mean: answer.mean_after };
      parameters = answer.after;
      write(PARAMETERS, parameters, 2, values);
      count.textContent = say("widget.did_update", after);
    },
    photo() {
      place = (place + 1) % shown.photos.length;
      show();
      count.textContent = say("widget.did_photo", { place: place + 1 });
    },
  };

  function tell() {
    rows.forEach((row, at) => {
      const name = PARAMETERS[at];
      [parameters[name], answer.slopes[name], answer.after[name]].forEach((one, cell) => {
        row.cells[cell + 1].textContent = number(one, 4);
      });
    });
  }

  function ready(act) {
    step = act;
    next.textContent = say(`widget.do_${act}`);
  }

  function go() {
    const act = step;
    if (act !== "forward") { acts[act](); ready(NEXT[act]); return; }
    ask({ ...parameters, place }, (heard) => { answer = heard; tell(); acts.forward(); ready("backward"); });
  }

  function goRound(left) {
    if (left === 0) { ready("forward"); count.textContent = say("widget.did_round", { mean: answer.mean_after }); return; }
    ask({ ...parameters, place }, (heard) => {
      answer = heard;
      parameters = heard.after;
      tell();
      place = (place + 1) % shown.photos.length;
      show();
      goRound(left - 1);
    });
  }

  function begin() {
    [parameters, place] = [shown.begin, 0];
    show();
    ready("forward");
    count.textContent = say("widget.did_photo", { place: 1 });
  }

  next.addEventListener("click", go);
  again.addEventListener("click", begin);
  round.addEventListener("click", () => goRound(shown.photos.length));
  for (const button of [next, round, again]) button.hidden = false;
  begin();
}
