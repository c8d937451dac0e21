// The panel over the queue: what was dropped gets its labels, how far it is, and what was wrong with which photo.
import { Refused, ask, askUntilAnswered } from "./api.js";
import { Queue } from "./queue.js";
import { chosen, dropped, photosIn } from "./sources.js";
import { ZipDamaged } from "./unzip.js";
import { duration, number, say, tell, toast } from "./words.js";

const LABELLED_TOGETHER = 25, LABELLED_AFTER_MS = 400, REFRESHED_AFTER_MS = 1500;
const $ = (id) => document.getElementById(id);

export class Uploads {
  // book: the labels of the task; onArrived(): the grid should look again
  constructor(facts, book, onArrived) {
    Object.assign(this, { facts, book, onArrived });
    this.queue = new Queue(facts.task.id, {
      mostBytes: facts.max_bytes,
      onChange: () => this.show(),
      onTaken: (photo, image, isNew) => this.taken(photo, image, isNew),
      onProblem: (photo, kind, details) => this.problem(photo, kind, details),
    });
    this.assigned = new Map(); // by image the label it got here
    this.pending = new Map(); // by label and number the images that still have to get it
    this.n = { again: 0, conflicts: 0 };
    this.reading = 0;
    this.listen();
  }

  listen() {
    const drop = $("drop");
    for (const name of ["dragenter", "dragover"]) {
      addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
    }
    addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
    addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      this.take(dropped(event.dataTransfer));
    });
    addEventListener("paste", (event) => { if (event.clipboardData.files.length) this.take(chosen(event.clipboardData.files)); });
    for (const id of ["files", "folder", "camera"]) {
      $(id).addEventListener("change", (event) => {
        this.take(chosen(event.target.files));
        event.target.value = "";
      });
    }
    $("pause").addEventListener("click", () => (this.queue.isPaused ? this.queue.resume() : this.queue.pause()));
    addEventListener("beforeunload", (event) => { if (!this.queue.isOver) event.preventDefault(); });
  }

  async take(files, wish = $("as-label").value) {
    let n = 0;
    this.reading += 1;
    try {
      for await (const photo of photosIn(files)) {
        this.queue.add({ ...photo, ...(await this.labelFor(photo, wish)) });
        n += 1;
        if (n % 50 === 0) this.show();
      }
      if (n === 0) toast(say("data_room.nothing_found"), { bad: true });
    } catch (error) {
      if (error instanceof ZipDamaged) toast(say("data_room.zip_damaged"), { bad: true });
      else if (error instanceof Refused) toast(error.message, { bad: true });
      else throw error;
    } finally {
      this.reading -= 1;
      this.show();
    }
  }

  async labelFor(photo, wish) {
    if (wish !== "folder") return { labelId: wish };
    const name = photo.label.trim();
    if (!name) return { labelId: "" };
    if (this.facts.task.type !== "regression") return { labelId: await this.book.idOf(name) };
    const value = Number(name.replace(",", "."));
    return Number.isFinite(value) ? { labelId: this.book.labels[0].id, value } : { labelId: "" };
  }

  taken(photo, image, isNew) {
    const { labelId } = photo, before = this.assigned.get(image.id) ?? image.labels[0];
    const conflicts = this.facts.task.type === "multi_class" && labelId && before && before !== labelId;
    if (conflicts) {
      this.n.conflicts += 1;
      this.listed(photo, say("data_room.conflict", { had: this.book.nameOf(before), now: this.book.nameOf(labelId) }), {
        image, choices: [before, labelId],
      });
    } else {
      if (!isNew && photo.twin) {
        this.n.again += 1;
        this.listed(photo, say("data_room.twice"), { image });
      }
      if (labelId && !image.labels.includes(labelId)) this.label(image.id, labelId, photo.value);
      if (labelId) this.assigned.set(image.id, labelId);
    }
    clearTimeout(this.refreshing);
    this.arrived();
  }

  label(imageId, labelId, value) {
    const word = JSON.stringify([labelId, value ?? null]);
    const images = this.pending.get(word) ?? [];
    this.pending.set(word, [...images, imageId]);
    if (images.length + 1 >= LABELLED_TOGETHER) this.flush();
    clearTimeout(this.flushing);
    this.flushing = setTimeout(() => this.flush(), LABELLED_AFTER_MS);
  }

  async flush() {
    const pending = [...this.pending];
    this.pending.clear();
    for (const [word, image_ids] of pending) {
      const [label_id, value] = JSON.parse(word);
      await askUntilAnswered("POST", "/v1/images/labels", { json: { image_ids, add: [{ label_id, value }] } });
    }
    if (pending.length) this.arrived();
  }

  arrived() {
    const now = performance.now();
    this.due ??= now + REFRESHED_AFTER_MS;
    clearTimeout(this.refreshing);
    const pause = this.queue.isOver ? 100 : Math.max(0, this.due - now);
    this.refreshing = setTimeout(() => { this.due = undefined; this.onArrived(); }, pause);
  }

  problem(photo, kind, { message = "" }) {
    const limit = Math.round(this.facts.max_bytes / 1e6);
    const said = { too_large: say("data_room.too_large", { limit }), unreadable: say("data_room.unreadable"), refused: message };
    this.listed(photo, said[kind], {});
  }

  // a line in the list of problems: the picture, what is wrong, and what can be done with one click
  async listed(photo, text, { image, choices = [] }) {
    const line = document.createElement("li"), body = document.createElement("div");
    line.append(await pictured(photo, image), body);
    const name = Object.assign(document.createElement("b"), { textContent: photo.name });
    const said = document.createElement("p");
    said.append(name, " · ", text);
    body.append(said);
    if (choices.length) {
      const row = Object.assign(document.createElement("div"), { className: "row" });
      for (const id of choices) {
        const button = Object.assign(document.createElement("button"), { className: "small", textContent: this.book.nameOf(id) });
        button.addEventListener("click", () => this.settle(line, row, image.id, id, button.textContent));
        row.append(button);
      }
      body.append(row);
    }
    const list = $("problems");
    list.querySelector("ul").append(line);
    list.hidden = false;
    list.querySelector("summary").textContent = say("data_room.problems", { n: list.querySelectorAll("li").length });
  }

  async settle(line, row, imageId, labelId, name) {
    try {
      await ask("POST", "/v1/images/labels", { json: { image_ids: [imageId], add: [{ label_id: labelId }] } });
      row.replaceChildren(say("data_room.settled", { label: name }));
      this.arrived();
    } catch (error) {
      toast(error.message, { bad: true });
    }
  }

  show() {
    const { queue } = this, { n } = queue;
    $("queue").hidden = n.all === 0;
    const isOver = queue.isOver && !this.reading;
    const title = isOver ? say("data_room.all_in", { n: n.all - n.problems }) : say("data_room.coming_in", { done: number(n.done), n: n.all });
    if (isOver && $("queue-title").textContent !== title) tell(title);
    $("queue-title").textContent = title;
    $("queue-bar").max = Math.max(1, n.all);
    $("queue-bar").value = n.done;
    $("queue-left").textContent = this.left(isOver);
    $("pause").hidden = isOver;
    $("pause").textContent = say(queue.isPaused ? "data_room.resume" : "data_room.pause");
    $("queue-trouble").hidden = !queue.trouble || isOver;
    $("queue-trouble").textContent = queue.trouble ? say("data_room.trouble", { why: queue.trouble.message }) : "";
  }

  left(isOver) {
    if (isOver) return this.queue.n.here ? say("data_room.were_here", { n: this.queue.n.here }) : "";
    if (this.queue.isPaused) return say("data_room.paused");
    const seconds = this.queue.secondsLeft;
    return seconds === null ? "" : say("data_room.left", { time: duration(seconds) });
  }
}

async function pictured(photo, image) {
  const picture = Object.assign(document.createElement("img"), { alt: "" });
  const blank = () => picture.replaceWith(Object.assign(document.createElement("span"), { className: "blank", textContent: "?" }));
  picture.addEventListener("error", blank, { once: true });
  if (image) {
    picture.src = `/v1/images/${image.id}/thumbnail`;
  } else {
    const data = await photo.open().catch(() => null);
    picture.src = data ? URL.createObjectURL(data) : "data:,";
  }
  return picture;
}
