// Thousands of photos, of which only those in sight are drawn: cells are taken along while the page scrolls.
const GAP_PX = 8, LEAST_PX = 132, LEAST_PHONE_PX = 104, LEAST_SMALL_PX = 80, LEAST_SMALL_PHONE_PX = 64, OVERSCAN_ROWS = 2, PICTURES_AFTER_MS = 60, SWEEP_PX = 6;
const EDGE_PX = 50;

export class Grid {
  // nameOf(photo): what a person hears; tagOf(photo): the words on it; on: {choose(), open(at), key(event)}
  constructor(element, { nameOf, tagOf, testMark, on }) {
    Object.assign(this, { element, nameOf, tagOf, testMark, on });
    this.photos = [];
    this.here = 0;
    this.anchor = 0;
    this.selected = new Set(); // of photos
    this.cells = new Map(); // by place
    this.spare = [];
    const draw = () => { this.frame ??= requestAnimationFrame(() => { this.frame = undefined; this.draw(); }); };
    addEventListener("scroll", draw, { passive: true });
    new ResizeObserver(() => { // its height follows from its width, and is no news
      if (element.clientWidth === this.width) return;
      this.measure();
      this.refresh();
    }).observe(element);
    this.listen();
  }

  // photos that were there keep their selection
  fill(photos, { keepsPlace = true } = {}) {
    this.photos = photos;
    const there = new Set(photos);
    for (const photo of this.selected) if (!there.has(photo)) this.selected.delete(photo);
    if (!keepsPlace) { this.here = this.anchor = 0; this.selected.clear(); }
    this.here = Math.min(this.here, Math.max(0, photos.length - 1));
    this.measure();
    this.refresh();
  }

  get current() { return this.photos[this.here]; }

  // what a key means: the selection, else the photo one is at
  get meant() {
    if (this.selected.size) return this.photos.filter((photo) => this.selected.has(photo));
    return this.current ? [this.current] : [];
  }

  measure() {
    const width = this.width = this.element.clientWidth;
    const least = width < 560 ? (this.isSmall ? LEAST_SMALL_PHONE_PX : LEAST_PHONE_PX) : this.isSmall ? LEAST_SMALL_PX : LEAST_PX;
    this.columns = Math.max(1, Math.floor((width + GAP_PX) / (least + GAP_PX)));
    this.side = (width + GAP_PX) / this.columns - GAP_PX;
    this.step = this.side + GAP_PX;
    const rows = Math.ceil(this.photos.length / this.columns);
    this.element.style.height = rows ? `${rows * this.step - GAP_PX}px` : "";
  }

  // smaller photos, more of them at once
  resize(isSmall) {
    this.isSmall = isSmall;
    this.measure();
    this.refresh();
  }

  refresh() {
    for (const at of [...this.cells.keys()]) this.release(at);
    this.draw();
  }

  draw() {
    if (!this.width) return;
    const top = this.element.getBoundingClientRect().top;
    const first = Math.max(0, Math.floor(-top / this.step) - OVERSCAN_ROWS) * this.columns;
    const last = Math.min(this.photos.length, (Math.ceil((innerHeight - top) / this.step) + OVERSCAN_ROWS) * this.columns);
    for (const at of [...this.cells.keys()]) if (at < first || at >= last) this.release(at);
    for (let at = first; at < last; at += 1) if (!this.cells.has(at)) this.place(at);
    if (!this.cells.has(this.here)) this.element.removeAttribute("aria-activedescendant");
    clearTimeout(this.picturing);
    this.picturing = setTimeout(() => this.picture(), this.isFirst === false ? PICTURES_AFTER_MS : 0);
    this.isFirst = false;
  }

  // pictures are asked for when the page rests: what only flies by need not be
  picture() {
    for (const [at, cell] of this.cells) {
      const address = `/v1/images/${this.photos[at].id}/thumbnail`;
      if (cell.firstChild.getAttribute("src") !== address) cell.firstChild.src = address;
    }
  }

  place(at) {
    const cell = this.spare.pop() ?? this.made();
    this.cells.set(at, cell);
    cell.style.width = cell.style.height = `${this.side}px`;
    cell.style.transform = `translate(${(at % this.columns) * this.step}px, ${Math.floor(at / this.columns) * this.step}px)`;
    cell.id = `photo-${at}`;
    cell.setAttribute("aria-posinset", at + 1);
    cell.setAttribute("aria-setsize", this.photos.length);
    this.dress(at, cell);
    if (!cell.isConnected) this.element.append(cell);
    cell.hidden = false;
  }

  dress(at, cell) {
    const photo = this.photos[at], [picture, tag, mark] = cell.children;
    const address = `/v1/images/${photo.id}/thumbnail`;
    if (picture.getAttribute("src") && picture.getAttribute("src") !== address) picture.removeAttribute("src");
    tag.textContent = this.tagOf(photo);
    tag.hidden = !tag.textContent;
    mark.hidden = !photo.isTest;
    cell.setAttribute("aria-label", this.nameOf(photo));
    cell.setAttribute("aria-selected", this.selected.has(photo));
    cell.classList.toggle("here", at === this.here);
    if (at === this.here) this.element.setAttribute("aria-activedescendant", cell.id);
  }

  redress() { for (const [at, cell] of this.cells) this.dress(at, cell); }

  made() {
    const cell = Object.assign(document.createElement("div"), { className: "cell" });
    cell.setAttribute("role", "option");
    const picture = Object.assign(document.createElement("img"), { alt: "", decoding: "async", draggable: false });
    picture.addEventListener("error", () => { // too many at once: asked again a little later
      const address = picture.getAttribute("src");
      setTimeout(() => { if (picture.getAttribute("src") === address) { picture.removeAttribute("src"); this.picture(); } }, 1500);
    });
    cell.append(picture, Object.assign(document.createElement("span"), { className: "tag" }),
      Object.assign(document.createElement("span"), { className: "mark", textContent: this.testMark }));
    return cell;
  }

  release(at) {
    const cell = this.cells.get(at);
    this.cells.delete(at);
    cell.hidden = true;
    cell.removeAttribute("id");
    this.spare.push(cell);
  }

  go(at, { extends_ = false } = {}) {
    if (!this.photos.length) return;
    this.here = Math.max(0, Math.min(at, this.photos.length - 1));
    if (extends_) this.choose(between(this.anchor, this.here).map((place) => this.photos[place]));
    else this.anchor = this.here;
    this.scrollToHere();
    this.draw();
    this.redress();
  }

  scrollToHere() {
    const y = this.element.getBoundingClientRect().top + Math.floor(this.here / this.columns) * this.step;
    const above = (document.getElementById("bar")?.getBoundingClientRect().bottom ?? 0) + GAP_PX;
    if (y < above) scrollBy({ top: y - Math.max(above, 0), behavior: "instant" });
    else if (y + this.step > innerHeight) scrollBy({ top: y + this.step - innerHeight + GAP_PX, behavior: "instant" });
  }

  choose(photos) {
    this.selected = new Set(photos);
    this.redress();
    this.on.choose();
  }

  toggle(at) {
    const photo = this.photos[at];
    if (!this.selected.delete(photo)) this.selected.add(photo);
    this.here = this.anchor = at;
    this.redress();
    this.on.choose();
  }

  listen() {
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("pointerdown", (event) => this.press(event));
    this.element.addEventListener("dblclick", (event) => { const at = this.at(event); if (at >= 0) this.on.open(at); });
  }

  key(event) {
    const rows = Math.max(1, Math.floor(innerHeight / this.step) - 1);
    const moves = {
      ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns,
      PageUp: -rows * this.columns, PageDown: rows * this.columns,
    };
    if (event.key in moves) this.go(this.here + moves[event.key], { extends_: event.shiftKey });
    else if (event.key === "Home") this.go(0, { extends_: event.shiftKey });
    else if (event.key === "End") this.go(this.photos.length - 1, { extends_: event.shiftKey });
    else if (event.key === " ") this.toggle(this.here);
    else if (event.key === "Enter") this.on.open(this.here);
    else if (event.key === "Escape") this.choose([]);
    else if (event.key === "a" && (event.ctrlKey || event.metaKey)) this.choose(this.photos);
    else if (!this.on.key(event)) return;
    event.preventDefault();
  }

  // the place under a pointer, -1 between photos
  at(event) {
    const box = this.element.getBoundingClientRect();
    const x = event.clientX - box.left, y = event.clientY - box.top;
    const column = Math.floor(x / this.step), at = Math.floor(y / this.step) * this.columns + column;
    const isInside = x % this.step <= this.side && y % this.step <= this.side && column < this.columns;
    return isInside && at < this.photos.length ? at : -1;
  }

  press(event) {
    if (event.button !== 0 || this.brush?.press(event)) return;
    if (event.pointerType !== "mouse") return this.tapped(event);
    this.element.focus({ preventScroll: true });
    event.preventDefault();
    const at = this.at(event), kept = event.ctrlKey || event.metaKey ? new Set(this.selected) : new Set();
    if (at >= 0 && event.shiftKey) return this.go(at, { extends_: true });
    this.sweepFrom(event, kept, () => {
      if (at < 0) return this.choose([]);
      if (event.ctrlKey || event.metaKey) return this.toggle(at);
      this.here = this.anchor = at;
      this.choose([this.photos[at]]);
    });
  }

  // with a finger, a tap selects; scrolling is left to the page
  tapped(event) {
    const at = this.at(event), { clientX, clientY } = event;
    this.element.addEventListener("pointerup", (up) => {
      if (at >= 0 && Math.hypot(up.clientX - clientX, up.clientY - clientY) < 10) this.toggle(at);
    }, { once: true });
  }

  sweepFrom(event, kept, onClick) {
    const box = this.element.getBoundingClientRect();
    const from = { x: event.clientX - box.left, y: event.clientY - box.top };
    let frame, now = event;
    const draw = () => {
      const here = this.element.getBoundingClientRect();
      const to = { x: now.clientX - here.left, y: now.clientY - here.top };
      if (!frame && Math.hypot(to.x - from.x, to.y - from.y) < SWEEP_PX) return;
      if (!frame) { frame = Object.assign(document.createElement("div"), { className: "sweep", role: "presentation" }); this.element.append(frame); }
      const [left, right, top, bottom] = [Math.min(from.x, to.x), Math.max(from.x, to.x), Math.min(from.y, to.y), Math.max(from.y, to.y)];
      Object.assign(frame.style, { left: `${left}px`, top: `${top}px`, width: `${right - left}px`, height: `${bottom - top}px` });
      this.choose([...kept, ...this.within(left, right, top, bottom)]);
    };
    const move = (moved) => { now = moved; draw(); };
    const roll = setInterval(() => {
      const by = now.clientY < EDGE_PX ? -20 : now.clientY > innerHeight - EDGE_PX ? 20 : 0;
      if (frame && by) { scrollBy({ top: by, behavior: "instant" }); draw(); }
    }, 16);
    addEventListener("pointermove", move);
    addEventListener("pointerup", () => {
      removeEventListener("pointermove", move);
      clearInterval(roll);
      if (frame) frame.remove(); else onClick();
    }, { once: true });
  }

  within(left, right, top, bottom) {
    const found = [];
    const columns = between(Math.max(0, Math.floor((left + GAP_PX) / this.step)), Math.min(this.columns - 1, Math.floor(right / this.step)));
    const last = Math.floor(bottom / this.step);
    for (let row = Math.max(0, Math.floor((top + GAP_PX) / this.step)); row <= last; row += 1) {
      for (const column of columns) {
        const photo = this.photos[row * this.columns + column];
        if (photo) found.push(photo);
      }
    }
    return found;
  }
}

function between(a, b) {
  const [low, high] = a < b ? [a, b] : [b, a];
  return Array.from({ length: high - low + 1 }, (_, at) => low + at);
}
