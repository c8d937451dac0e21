// The ways to look at a task's photos: grid, groups of those alike, map, and what wants a second look.
import { ask } from "./api.js";
import { DoubtsView } from "./doubts.js";
import { GroupsView } from "./groups.js";
import { MapView } from "./map.js";
import { duration, number, say, toast } from "./words.js";

const NAMES = ["grid", "groups", "map", "doubts"], ASKED_AGAIN_MS = 1500, MOST_TRIES = 5, BUSY_AFTER_MS = 300;
const $ = (id) => document.getElementById(id);

// a photo as the server tells of it
export const photoOf = ([id, name, isTest, shows]) => ({ id, name, isTest, shows });

export class Views {
  // told(error): says what was refused; onGrid(): the grid is seen again
  constructor(facts, book, { told, onGrid, undo }) {
    Object.assign(this, { facts, book, told, onGrid, undo, now: "grid" });
    this.base = `/rooms/tasks/${facts.task.id}`;
    this.views = { groups: new GroupsView(this), map: new MapView(this), doubts: new DoubtsView(this) };
    for (const button of $("views").querySelectorAll("button")) {
      button.addEventListener("click", () => this.show(button.dataset.view));
    }
    const asked = new URLSearchParams(location.search).get("view");
    if (NAMES.includes(asked) && asked !== "grid") this.show(asked, { isFirst: true });
    this.watch();
  }

  get view() { return this.views[this.now]; }

  show(name, { isFirst = false } = {}) {
    this.now = name;
    for (const button of $("views").querySelectorAll("button")) button.setAttribute("aria-pressed", button.dataset.view === name);
    for (const each of NAMES) $(`view-${each}`).hidden = each !== name;
    document.body.classList.toggle("not-grid", name !== "grid");
    const address = new URL(location.href);
    if (name === "grid") address.searchParams.delete("view"); else address.searchParams.set("view", name);
    history.replaceState(null, "", address);
    if (name === "grid") this.onGrid(); else this.open(name);
    if (!isFirst) this.watch();
  }

  async open(name) {
    const busy = $(`view-${name}`).querySelector(".busy");
    const later = setTimeout(() => { busy.hidden = false; }, BUSY_AFTER_MS);
    try { await this.views[name].open(); } catch (error) { this.told(error); }
    clearTimeout(later);
    busy.hidden = true;
  }

  // labels changed, by whomever
  changed() { this.view?.draw(); }

  // a label was clicked in the bar: true where the view that is seen meant something by it
  given(label) { return this.facts.can_edit && this.now !== "grid" ? (this.view.given?.(label), true) : false; }

  // keys every view knows; true where one meant something
  pressed(event) {
    if (!this.facts.can_edit) return false;
    if ((event.ctrlKey || event.metaKey) && event.key === "z") { this.undo(); return true; }
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    const label = this.book.labelOfKey(event);
    if (label) this.view.given?.(label);
    return Boolean(label);
  }

  // each of these photos that has no label gets the one it looks like most; one undo takes it back
  async labelRest(photos) {
    const { book } = this;
    await book.sending;
    const { data } = await ask("GET", `${this.base}/suggestions`);
    const left = new Map(photos.filter((photo) => !photo.shows.length).map((photo) => [photo.id, photo]));
    const pairs = data.photos.flatMap(([id, label]) => (left.has(id) && book.byId.has(label) ? [[left.get(id), book.byId.get(label)]] : []));
    if (pairs.length) book.giveEach(pairs);
    else toast(say("data_views.nothing_suggested"));
  }

  // photos are looked at in the background; how far that is, until it is done
  async watch() {
    clearTimeout(this.watching);
    const { data } = await ask("GET", `${this.base}/looked`).catch(() => ({ data: null }));
    if (!data) return;
    this.known ??= data.done >= data.n ? data.done : undefined;
    const isOver = data.done >= data.n, now = performance.now();
    this.begun ??= { at: now, done: data.done };
    const pace = (data.done - this.begun.done) / (now - this.begun.at);
    $("looked").hidden = isOver;
    $("looked-text").textContent = say("data_views.looked", { done: number(data.done), n: data.n });
    $("looked-left").textContent = pace > 0 && !isOver ? say("data_room.left", { time: duration((data.n - data.done) / pace / 1000) }) : "";
    Object.assign($("looked-bar"), { max: Math.max(1, data.n), value: data.done });
    if (isOver) {
      if (this.known !== data.done) this.view?.arrived?.(); // also where it ended between this view's answer and now
      this.known = data.done;
      this.begun = undefined;
    } else this.watching = setTimeout(() => this.watch(), ASKED_AGAIN_MS);
  }
}

export function thumbnail(photo, { alt = "" } = {}) {
  const address = `/v1/images/${photo.id}/thumbnail`;
  const picture = Object.assign(document.createElement("img"), { alt, loading: "lazy", decoding: "async", draggable: false, src: address });
  let tries = 0;
  picture.addEventListener("error", () => { // too many at once: asked again a little later
    if (picture.isConnected && tries < MOST_TRIES) setTimeout(() => { picture.removeAttribute("src"); picture.src = address; }, 1500);
    tries += 1;
  });
  return picture;
}

export function element(tag, { text = "", ...values } = {}, ...children) {
  const made = Object.assign(document.createElement(tag), values);
  if (text) made.textContent = text;
  made.append(...children);
  return made;
}
