// One photo after the other, large, each labelled with one key or one tap.
import { labelButton } from "./labels.js";
import { say } from "./words.js";

const $ = (id) => document.getElementById(id);

export class Closer {
  constructor(grid, book, onChange) {
    Object.assign(this, { grid, book, onChange });
    this.view = $("closer-view");
    $("closer-back").addEventListener("click", () => this.go(-1));
    $("closer-on").addEventListener("click", () => this.go(1));
    this.view.addEventListener("keydown", (event) => this.key(event));
    this.view.addEventListener("close", () => { this.onChange(); grid.element.focus({ preventScroll: true }); });
    $("closer-number").addEventListener("submit", (event) => { event.preventDefault(); this.number(); });
    $("closer-number").hidden = book.type !== "regression";
    $("closer-labels").hidden = book.type === "regression";
  }

  open(at) {
    if (!this.grid.photos.length) return;
    this.grid.choose([]);
    this.grid.go(at);
    this.view.showModal();
    this.show();
  }

  go(by) {
    const before = this.grid.here;
    this.grid.go(before + by);
    if (this.grid.here !== before) this.show();
  }

  show() {
    const photo = this.grid.current;
    $("closer-photo").src = `/v1/images/${photo.id}/file`;
    $("closer-photo").alt = this.grid.nameOf(photo);
    $("closer-name").textContent = photo.name;
    $("closer-place").textContent = say("data_room.place", { at: this.grid.here + 1, n: this.grid.photos.length });
    $("closer-value").value = photo.shows[0]?.[1] ?? "";
    const buttons = this.book.labels.map((label) => {
      const button = labelButton(label);
      button.setAttribute("aria-pressed", photo.shows.some(([id]) => id === label.id));
      button.addEventListener("click", () => this.give(label));
      return button;
    });
    $("closer-labels").replaceChildren(...buttons);
    const next = this.grid.photos[this.grid.here + 1];
    if (next) new Image().src = `/v1/images/${next.id}/file`;
  }

  give(label) {
    this.book.give([this.grid.current], label);
    this.grid.redress();
    if (this.book.type === "multi_label") this.show();
    else this.go(1);
    if (this.grid.here === this.grid.photos.length - 1) this.show();
  }

  number() {
    const value = Number($("closer-value").value.trim().replace(",", "."));
    if (!$("closer-value").value.trim() || !Number.isFinite(value)) return;
    this.book.give([this.grid.current], this.book.labels[0], value);
    this.grid.redress();
    this.go(1);
    $("closer-value").select();
  }

  key(event) {
    if (event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowLeft") this.go(-1);
    else if (event.key === "ArrowRight") this.go(1);
    else {
      const label = this.book.labelOfKey(event);
      if (!label || this.book.type === "regression") return;
      this.give(label);
    }
    event.preventDefault();
  }
}
