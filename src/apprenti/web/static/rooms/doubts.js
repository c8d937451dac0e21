// What wants a second look: pictures kept twice, the same picture under two labels, labels that look wrong. One click
// settles each, and another takes it back.
import { ask } from "./api.js";
import { element, photoOf, thumbnail } from "./views.js";
import { percent, say, tell } from "./words.js";

const DELETED_AFTER_MS = 8000;
const $ = (id) => document.getElementById(id);

export class DoubtsView {
  constructor(views) { Object.assign(this, { views, book: views.book, found: [] }); }

  async open() {
    await this.book.sending;
    const { data } = await ask("GET", `${this.views.base}/doubts`);
    const before = new Map(this.found.filter((one) => one.undo).map((one) => [one.word, one]));
    const found = data.doubts.map((one) => ({ ...one, photos: one.photos.map(photoOf), word: `${one.kind} ${one.photos.map(([id]) => id)}` }));
    this.found = [...before.values(), ...found.filter((one) => !before.has(one.word))];
    this.version = data.version;
    this.draw();
  }

  arrived() { this.open().catch(this.views.told); }

  draw() {
    $("doubts-how").textContent = this.found.some((one) => one.kind === "label")
      ? this.version ? say("data_views.doubts_by_training", { version: this.version }) : say("data_views.doubts_by_likeness") : "";
    $("doubts-none").hidden = this.found.length > 0;
    $("doubts-list").replaceChildren(...this.found.map((one) => this.line(one)));
  }

  line(one) {
    const pictures = one.photos.map((photo) =>
      element("figure", {}, thumbnail(photo), element("figcaption", { text: this.labelsOf(photo) || say("data_room.no_label") })));
    const body = element("div", {}, element("p", { text: one.undo ? one.done : this.said(one) }));
    if (this.views.facts.can_edit) {
      const acts = one.undo ? [[say("data_room.undo"), () => this.takeBack(one)]] : this.acts(one);
      body.append(element("div", { className: "row" }, ...acts.map(([text, act], at) => {
        const button = element("button", { type: "button", text, className: at === 0 && !one.undo ? "small primary" : "small" });
        button.addEventListener("click", () => this.settle(one, act));
        return button;
      })));
    }
    return element("li", { className: one.undo ? "card settled" : "card" }, element("div", { className: "pictures" }, ...pictures), body);
  }

  labelsOf(photo) { return photo.shows.map(([id]) => this.book.nameOf(id)).join(", "); }

  said(one) {
    const [photo] = one.photos, name = photo.name || say("data_room.unnamed");
    if (one.kind === "twin") return say("data_views.twin");
    if (one.kind === "conflict") return say("data_views.conflict");
    return say("data_views.doubt", { name, had: this.labelsOf(photo), like: this.book.nameOf(one.suggested), p: percent(one.p) });
  }

  acts(one) {
    const [first, second] = one.photos, acts = [];
    if (one.kind === "label") {
      const label = this.book.byId.get(one.suggested);
      if (label) acts.push([say("data_views.it_is", { label: label.name }), () => this.relabel(one, [first], label)]);
      acts.push([say("data_views.is_right", { label: this.labelsOf(first) }), () => this.right(one)]);
    } else if (one.kind === "conflict") {
      for (const photo of one.photos) {
        const label = this.book.byId.get(photo.shows[0]?.[0]);
        if (label) acts.push([say("data_views.both_are", { label: label.name }), () => this.relabel(one, one.photos.filter((each) => each !== photo), label)]);
      }
    }
    if (one.kind === "twin") acts.push([say("data_views.remove_second"), () => this.remove(one, second)]);
    if (one.kind !== "label") acts.push([say("data_views.keep_both"), () => this.right(one)]);
    if (one.kind === "label") acts.push([say("data_room.delete"), () => this.remove(one, first)]);
    return acts;
  }

  async settle(one, act) {
    const at = this.found.indexOf(one);
    try { await act(); } catch (error) { this.views.told(error); }
    this.draw();
    tell(one.undo ? one.done : say("data_views.taken_back"));
    $("doubts-list").children[at]?.querySelector("button")?.focus();
  }

  relabel(one, photos, label) {
    const before = photos.map((photo) => [photo, photo.shows]);
    this.book.give(photos, label);
    one.done = say("data_room.settled", { label: label.name });
    one.undo = () => this.book.restore(before);
  }

  // kept as they are; not asked about again
  async right(one) {
    const notes = [];
    for (const { id } of one.photos) notes.push((await ask("POST", `${this.views.base}/right`, { json: { image_id: id } })).data.id);
    one.done = say("data_views.kept");
    one.undo = async () => { for (const note of notes) await ask("DELETE", `${this.views.base}/right/${note}`); };
  }

  // really deleted a little later, so that it can be taken back; who leaves the page before has deleted nothing
  remove(one, photo) {
    const timer = setTimeout(async () => {
      try {
        await ask("DELETE", `/v1/images/${photo.id}`);
        this.found = this.found.filter((each) => each !== one && !each.photos.some(({ id }) => id === photo.id));
        await this.book.refresh();
      } catch (error) { this.views.told(error); }
      if (this.views.now === "doubts") this.draw();
    }, DELETED_AFTER_MS);
    one.done = say("data_views.removing", { name: photo.name || say("data_room.unnamed") });
    one.undo = () => clearTimeout(timer);
  }

  async takeBack(one) {
    await one.undo();
    one.undo = undefined;
  }
}
