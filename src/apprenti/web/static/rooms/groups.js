// Photos that are alike, a group at a time: those that do not belong are taken out, and one key names the rest.
import { ask } from "./api.js";
import { element, photoOf, thumbnail } from "./views.js";
import { say, tell } from "./words.js";

const IN_STRIP = 3;
const $ = (id) => document.getElementById(id);

export class GroupsView {
  constructor(views) {
    Object.assign(this, { views, book: views.book, groups: [], at: 0, here: 0 });
    const sheet = $("group-photos");
    sheet.addEventListener("keydown", (event) => this.key(event));
    sheet.addEventListener("pointerdown", (event) => this.press(event));
    $("group-again")?.addEventListener("click", () => this.load().catch(views.told));
    $("group-rest")?.addEventListener("click", () => this.rest().catch(views.told));
    $("group-yes")?.addEventListener("click", () => this.given(this.book.byId.get(this.group.label)));
    $("group-back").addEventListener("click", () => this.go(this.at - 1));
    $("group-on").addEventListener("click", () => this.go(this.at + 1));
  }

  get group() { return this.groups[this.at]; }

  // what is left to name: those with a label have been named, here or elsewhere
  get left() { return this.group?.photos.filter((photo) => !photo.shows.length) ?? []; }

  get staying() { return this.left.filter((photo) => !this.group.out.has(photo)); }

  async open() { if (!this.groups.length) await this.load(); else this.draw(); }

  arrived() { if (!this.groups.some((group) => group.isNamed)) this.load().catch(this.views.told); }

  async load() {
    await this.book.sending;
    const { data } = await ask("GET", `${this.views.base}/groups`);
    this.groups = data.groups.map(({ label, photos }) => ({ label, photos: photos.map(photoOf), out: new Set() }));
    this.at = this.here = 0;
    this.draw();
    tell(say("data_views.groups_n", { n: this.groups.length }));
  }

  draw() {
    const isEmpty = !this.groups.length;
    $("groups-body").hidden = isEmpty;
    $("groups-none").hidden = !isEmpty;
    if (isEmpty) return;
    for (const group of this.groups) group.isNamed = group.photos.every((photo) => photo.shows.length);
    $("group-strip").replaceChildren(...this.groups.map((group, at) => this.strip(group, at)));
    $("group-strip").children[this.at]?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.drawSheet();
  }

  strip(group, at) {
    const left = group.photos.filter((photo) => !photo.shows.length).length;
    const said = group.isNamed ? say("data_views.named") : say("data_views.alike_n", { n: left });
    const button = element("button", { type: "button", className: group.isNamed ? "named" : "" },
      element("span", { className: "three" }, ...group.photos.slice(0, IN_STRIP).map((photo) => thumbnail(photo))),
      element("span", { text: said }));
    if (this.book.byId.has(group.label) && !group.isNamed) button.append(element("small", { text: say("data_views.like", { label: this.book.nameOf(group.label) }) }));
    button.setAttribute("aria-current", at === this.at);
    button.addEventListener("click", () => this.go(at));
    return element("li", {}, button);
  }

  drawSheet() {
    const { group } = this, { left } = this;
    $("group-title").textContent = left.length ? say("data_views.alike_n", { n: left.length }) : say("data_views.named_all");
    const like = this.book.byId.get(group.label);
    $("group-like").textContent = like && left.length ? say("data_views.like", { label: like.name }) : "";
    const out = left.length - this.staying.length;
    $("group-out").textContent = out ? say("data_views.out_n", { n: out }) : "";
    this.here = Math.min(this.here, Math.max(0, left.length - 1));
    const focused = $("group-photos").contains(document.activeElement);
    $("group-photos").replaceChildren(...left.map((photo, at) => this.thumb(photo, at)));
    if (focused) $("group-photos").children[this.here]?.focus({ preventScroll: true });
    $("group-back").disabled = this.at === 0;
    $("group-on").disabled = this.at === this.groups.length - 1;
    const yes = $("group-yes");
    if (!yes) return;
    yes.hidden = !like || !this.staying.length;
    if (like) yes.textContent = say("data_views.it_is", { label: like.name });
  }

  thumb(photo, at) {
    const isOut = this.group.out.has(photo), name = photo.name || say("data_room.unnamed");
    const cell = element("div", { className: "thumb", tabIndex: at === this.here ? 0 : -1 }, thumbnail(photo));
    cell.setAttribute("role", "option");
    cell.setAttribute("aria-selected", !isOut);
    cell.setAttribute("aria-label", isOut ? say("data_views.is_out", { name }) : name);
    return cell;
  }

  go(at) {
    this.at = Math.max(0, Math.min(at, this.groups.length - 1));
    this.here = 0;
    this.draw();
    $("group-photos").children[0]?.focus({ preventScroll: true });
  }

  // the whole group, less what was taken out, shows this
  given(label) {
    const photos = this.staying, { out } = this.group;
    if (!photos.length) return;
    this.book.give(photos, label);
    if (out.size) { // what was taken out waits at the end, to be named or grouped again
      const rest = this.group.photos.filter((photo) => out.has(photo) && !photo.shows.length);
      this.group.photos = this.group.photos.filter((photo) => !rest.includes(photo));
      if (rest.length) this.groups.push({ label: "", photos: rest, out: new Set() });
      out.clear();
    }
    const next = [...this.groups.keys()].map((step) => (this.at + 1 + step) % this.groups.length)
      .find((at) => this.groups[at].photos.some((photo) => !photo.shows.length));
    this.go(next ?? this.at);
  }

  async rest() {
    await this.views.labelRest(this.groups.flatMap((group) => group.photos));
    this.draw();
  }

  toggle(photo, isOut = !this.group.out.has(photo)) {
    if (isOut) this.group.out.add(photo); else this.group.out.delete(photo);
  }

  key(event) {
    const { left } = this, cells = $("group-photos").children;
    const columns = cells.length > 1 ? [...cells].filter((cell) => cell.offsetTop === cells[0].offsetTop).length : 1;
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -left.length, End: left.length };
    if (event.key in moves) {
      this.here = Math.max(0, Math.min(left.length - 1, this.here + moves[event.key]));
      for (const [at, cell] of [...cells].entries()) cell.tabIndex = at === this.here ? 0 : -1;
      cells[this.here]?.focus();
    } else if (event.key === " " || event.key === "Delete") {
      if (left[this.here]) this.toggle(left[this.here]);
      this.drawSheet();
    } else if (event.key === "PageDown") this.go(this.at + 1);
    else if (event.key === "PageUp") this.go(this.at - 1);
    else if (event.key === "Enter" && this.book.byId.has(this.group.label)) this.given(this.book.byId.get(this.group.label));
    else if (!this.views.pressed(event)) return;
    event.preventDefault();
  }

  // a press takes a photo out or back in, and pulled on does the same to all it passes
  press(event) {
    const first = this.photoUnder(event);
    if (!first || event.button !== 0 || !this.views.facts.can_edit) return;
    const isOut = !this.group.out.has(first), met = new Set();
    const reach = (at) => {
      const photo = this.photoUnder(at);
      if (!photo || met.has(photo)) return;
      met.add(photo);
      this.toggle(photo, isOut);
      this.cellOf(photo).setAttribute("aria-selected", !isOut);
    };
    if (event.pointerType === "mouse") { event.preventDefault(); addEventListener("pointermove", reach); }
    addEventListener("pointerup", (up) => {
      removeEventListener("pointermove", reach);
      if (event.pointerType !== "mouse" && Math.hypot(up.clientX - event.clientX, up.clientY - event.clientY) > 10) return;
      if (!met.size) reach(event);
      this.here = Math.max(0, this.left.indexOf(first));
      this.drawSheet();
      $("group-photos").children[this.here]?.focus({ preventScroll: true });
    }, { once: true });
    if (event.pointerType === "mouse") reach(event);
  }

  photoUnder(event) {
    const cell = document.elementFromPoint(event.clientX, event.clientY)?.closest("#group-photos .thumb");
    return cell ? this.left[[...$("group-photos").children].indexOf(cell)] : undefined;
  }

  cellOf(photo) { return $("group-photos").children[this.left.indexOf(photo)]; }
}
