// All photos on a map, those alike near each other: a lasso, or a ring moved by the keyboard, chooses what a key labels.
import { ask } from "./api.js";
import { element, photoOf, thumbnail } from "./views.js";
import { say, tell } from "./words.js";

const DOT_PX = 5, MARGIN_PX = 24, STEP_PX = 24, MOST_PICTURES = 120, MOST_ZOOM = 24, MOST_CHOSEN_SHOWN = 24, NEAR_PX = 14;
const HUES = [212, 28, 145, 340, 262, 185, 52, 0, 95, 300, 235, 16];
const $ = (id) => document.getElementById(id);

export class MapView {
  constructor(views) {
    Object.assign(this, { views, book: views.book, photos: [], chosen: new Set(), zoom: 1, x: 0.5, y: 0.5, ring: null, radius: 40, moves: false });
    this.pictures = new Map();
    this.canvas = $("map-canvas");
    this.pen = this.canvas.getContext("2d");
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => this.hover(event));
    canvas.addEventListener("pointerleave", () => { $("map-hover").hidden = true; });
    canvas.addEventListener("wheel", (event) => { if (event.ctrlKey || this.zoom > 1) { event.preventDefault(); this.zoomBy(event.deltaY < 0 ? 1.25 : 0.8, event); } }, { passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event));
    canvas.addEventListener("blur", () => { this.ring = null; this.paint(); });
    $("map-in").addEventListener("click", () => this.zoomBy(1.6));
    $("map-out").addEventListener("click", () => this.zoomBy(1 / 1.6));
    $("map-move").addEventListener("click", () => { this.moves = !this.moves; $("map-move").setAttribute("aria-pressed", this.moves); });
    new ResizeObserver(() => this.paint()).observe(canvas);
    document.addEventListener("theme", () => this.draw());
  }

  async open() {
    await this.book.sending;
    const { data } = await ask("GET", `${this.views.base}/map`);
    const before = new Set([...this.chosen].map((photo) => photo.id));
    this.photos = data.photos.map((row) => ({ ...photoOf(row), x: row[4], y: row[5] }));
    this.canvas.dataset.n = this.photos.length;
    this.chosen = new Set(this.photos.filter((photo) => before.has(photo.id)));
    $("map-none").hidden = this.photos.length > 0;
    $("map-body").hidden = !this.photos.length;
    this.draw();
  }

  arrived() { this.open().catch(this.views.told); }

  given(label) {
    if (!this.chosen.size) { tell(say("data_views.map_choose_first")); return; }
    this.book.give([...this.chosen], label);
    this.choose([]);
  }

  choose(photos) {
    this.chosen = new Set(photos);
    if (photos.length) tell(say("data_room.chosen_n", { n: photos.length }));
    this.draw();
  }

  draw() {
    const schemes = getComputedStyle(this.canvas).colorScheme, chosen = document.documentElement.dataset.theme;
    this.isDark = schemes.includes("dark") && (chosen === "dark" || matchMedia("(prefers-color-scheme: dark)").matches);
    const shown = [...this.chosen].slice(0, MOST_CHOSEN_SHOWN);
    $("map-chosen").replaceChildren(...shown.map((photo) => element("li", {}, thumbnail(photo, { alt: photo.name || say("data_room.unnamed") }))));
    $("map-n").textContent = this.chosen.size ? say("data_room.chosen_n", { n: this.chosen.size }) : say("data_views.map_how");
    $("map-key").replaceChildren(...[...this.book.labels, null].map((label) => {
      const dot = element("span", { className: "dot" });
      dot.style.background = this.colourOf(label?.id);
      return element("li", {}, dot, label ? label.name : say("data_room.no_label"));
    }));
    this.paint();
  }

  colourOf(id) {
    const at = this.book.labels.findIndex((label) => label.id === id);
    if (at < 0) return this.isDark ? "#7d858c" : "#9aa1a8";
    return `hsl(${HUES[at % HUES.length]} ${at < HUES.length ? 70 : 35}% ${this.isDark ? 66 : 42}%)`;
  }

  // where a place of the map is on the canvas, and back
  toPx({ x, y }) {
    const { side, left, top } = this.frame;
    return [left + ((x - this.x) * this.zoom + 0.5) * side, top + ((y - this.y) * this.zoom + 0.5) * side];
  }

  get frame() {
    const { clientWidth: width, clientHeight: height } = this.canvas, side = Math.max(10, Math.min(width, height) - 2 * MARGIN_PX);
    return { side, left: (width - side) / 2, top: (height - side) / 2 };
  }

  paint() {
    this.painting ??= requestAnimationFrame(() => { this.painting = undefined; this.paintNow(); });
  }

  paintNow() {
    const { canvas, pen } = this, ratio = devicePixelRatio, { clientWidth: width, clientHeight: height } = canvas;
    if (!width) return;
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    const accent = getComputedStyle(canvas).getPropertyValue("--accent"), ink = getComputedStyle(canvas).color;
    const seen = this.photos.map((photo) => [photo, ...this.toPx(photo)]).filter(([, x, y]) => x > -40 && y > -40 && x < width + 40 && y < height + 40);
    const asPictures = seen.length <= MOST_PICTURES, side = asPictures ? Math.max(28, Math.min(72, Math.sqrt((width * height) / (3 * seen.length + 1)))) : 0;
    for (const [photo, x, y] of seen) {
      const colour = this.colourOf(photo.shows[0]?.[0]), picture = asPictures ? this.pictureOf(photo) : null;
      if (picture?.naturalWidth) {
        const least = Math.min(picture.naturalWidth, picture.naturalHeight);
        pen.drawImage(picture, (picture.naturalWidth - least) / 2, (picture.naturalHeight - least) / 2, least, least, x - side / 2, y - side / 2, side, side);
        pen.strokeStyle = this.chosen.has(photo) ? accent : colour;
        pen.lineWidth = this.chosen.has(photo) ? 4 : 2.5;
        pen.strokeRect(x - side / 2, y - side / 2, side, side);
        continue;
      }
      pen.beginPath();
      pen.arc(x, y, DOT_PX, 0, 7);
      pen.fillStyle = colour;
      pen.fill();
      if (this.chosen.has(photo)) { pen.strokeStyle = ink; pen.lineWidth = 2; pen.stroke(); }
    }
    pen.strokeStyle = accent;
    pen.lineWidth = 2;
    if (this.lasso) {
      pen.beginPath();
      for (const [x, y] of this.lasso) pen.lineTo(x, y);
      pen.closePath();
      pen.stroke();
      pen.globalAlpha = 0.12;
      pen.fillStyle = accent;
      pen.fill();
      pen.globalAlpha = 1;
    }
    if (this.ring) { pen.beginPath(); pen.arc(...this.ring, this.radius, 0, 7); pen.stroke(); }
  }

  pictureOf(photo) {
    if (!this.pictures.has(photo.id)) {
      const picture = thumbnail(photo);
      picture.loading = "eager";
      picture.addEventListener("load", () => this.paint());
      this.pictures.set(photo.id, picture);
    }
    return this.pictures.get(photo.id);
  }

  zoomBy(by, at) {
    const { side, left, top } = this.frame, box = this.canvas.getBoundingClientRect();
    const px = at ? at.clientX - box.left : left + side / 2, py = at ? at.clientY - box.top : top + side / 2;
    const before = [((px - left) / side - 0.5) / this.zoom + this.x, ((py - top) / side - 0.5) / this.zoom + this.y];
    this.zoom = Math.max(1, Math.min(MOST_ZOOM, this.zoom * by));
    this.x = before[0] - ((px - left) / side - 0.5) / this.zoom;
    this.y = before[1] - ((py - top) / side - 0.5) / this.zoom;
    if (this.zoom === 1) this.x = this.y = 0.5;
    this.paint();
  }

  placeOf(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  press(event) {
    if (event.button > 1) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    const pans = this.moves || event.button === 1, adds = event.shiftKey, from = this.placeOf(event), began = [this.x, this.y];
    this.ring = null;
    if (!pans) this.lasso = [from];
    const move = (moved) => {
      const [x, y] = this.placeOf(moved);
      if (pans) [this.x, this.y] = [began[0] - (x - from[0]) / this.frame.side / this.zoom, began[1] - (y - from[1]) / this.frame.side / this.zoom];
      else this.lasso.push([x, y]);
      this.paint();
    };
    this.canvas.addEventListener("pointermove", move);
    const end = () => {
      this.canvas.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) this.canvas.removeEventListener(name, end);
      if (pans) return;
      const way = this.lasso, [x, y] = from;
      this.lasso = null;
      const isClick = way.every(([a, b]) => Math.hypot(a - x, b - y) < 4), near = this.nearest(x, y);
      const found = isClick ? (near ? [near] : []) : this.photos.filter((photo) => isInside(this.toPx(photo), way));
      this.choose(adds ? [...this.chosen, ...found] : found);
    };
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, end);
  }

  nearest(x, y) {
    const by = this.photos.map((photo) => { const [a, b] = this.toPx(photo); return [Math.hypot(a - x, b - y), photo]; });
    const best = by.reduce((one, other) => (other[0] < one[0] ? other : one), [Infinity]);
    return best[0] <= NEAR_PX ? best[1] : undefined;
  }

  hover(event) {
    const box = $("map-hover"), photo = this.lasso || event.buttons ? undefined : this.nearest(...this.placeOf(event));
    box.hidden = !photo;
    if (!photo) return;
    const [x, y] = this.toPx(photo), picture = box.querySelector("img");
    if (this.hovered !== photo) { this.hovered = photo; picture.src = `/v1/images/${photo.id}/thumbnail`; }
    box.querySelector("span").textContent = photo.shows.map(([id]) => this.book.nameOf(id)).join(", ") || say("data_room.no_label");
    box.style.left = `${Math.min(x + 14, this.canvas.clientWidth - 150)}px`;
    box.style.top = `${Math.min(y + 14, this.canvas.clientHeight - 170)}px`;
  }

  // arrows move a ring, plus and minus size it, Space chooses what is in it and Shift adds
  key(event) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (moves) {
      const [x, y] = this.ring ?? [width / 2, height / 2];
      this.ring = [Math.max(0, Math.min(width, x + moves[0] * STEP_PX)), Math.max(0, Math.min(height, y + moves[1] * STEP_PX))];
      tell(say("data_views.ring_n", { n: this.inRing().length }));
    } else if (event.key === "+" || event.key === "=") this.radius = Math.min(400, this.radius * 1.25);
    else if (event.key === "-") this.radius = Math.max(10, this.radius / 1.25);
    else if (event.key === " ") this.choose(event.shiftKey ? [...this.chosen, ...this.inRing()] : this.inRing());
    else if (event.key === "Escape") this.choose([]);
    else if (!this.views.pressed(event)) return;
    event.preventDefault();
    this.paint();
  }

  inRing() {
    const [x, y] = this.ring ?? [this.canvas.clientWidth / 2, this.canvas.clientHeight / 2];
    return this.photos.filter((photo) => { const [a, b] = this.toPx(photo); return Math.hypot(a - x, b - y) <= this.radius; });
  }
}

// by how often a ray to the right crosses the way
function isInside([x, y], way) {
  let inside = false;
  for (let at = 0, before = way.length - 1; at < way.length; before = at, at += 1) {
    const [ax, ay] = way[at], [bx, by] = way[before];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}
