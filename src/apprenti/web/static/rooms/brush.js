// A label pulled over photos like paint: each photo the pointer passes gets it, those that have one already keep theirs.
const EDGE_PX = 60, SCROLL_PX = 14, HIT = 0.42; // of a cell's side: corners are passed between without painting

export class Brush {
  // grid: draws the photos; onStroke(photos, label): a stroke has ended
  constructor(grid, onStroke) {
    Object.assign(this, { grid, onStroke, isOn: false, label: null });
  }

  turn(isOn) {
    this.isOn = isOn;
    if (!isOn) this.label = null;
    this.grid.element.classList.toggle("brushing", isOn);
  }

  take(label) { this.label = label; }

  // true where the press begins a stroke
  press(event) {
    if (!this.isOn || !this.label || event.button !== 0) return false;
    event.preventDefault();
    const painted = new Set(), label = this.label;
    let now = event, last = event;
    const paint = () => {
      for (const at of this.between(last, now)) {
        const photo = this.grid.photos[at];
        if (photo.shows.length || painted.has(photo)) continue;
        painted.add(photo);
        this.grid.choose([...painted]);
      }
      last = now;
    };
    const move = (moved) => { now = moved; paint(); };
    const roll = setInterval(() => {
      const by = now.clientY < EDGE_PX ? -SCROLL_PX : now.clientY > innerHeight - EDGE_PX ? SCROLL_PX : 0;
      if (by) { scrollBy({ top: by, behavior: "instant" }); paint(); }
    }, 16);
    const end = (ended) => {
      removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) removeEventListener(name, end);
      clearInterval(roll);
      this.grid.choose([]);
      if (ended.type === "pointerup" && painted.size) this.onStroke([...painted], label);
    };
    addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, end);
    paint();
    return true;
  }

  // the places under the way from one event to the next: a fast pointer skips nothing
  *between(from, to) {
    const { grid } = this, box = grid.element.getBoundingClientRect();
    const steps = Math.max(1, Math.ceil(Math.hypot(to.clientX - from.clientX, to.clientY - from.clientY) / (grid.side * HIT)));
    for (let step = 1; step <= steps; step += 1) {
      const x = from.clientX + ((to.clientX - from.clientX) * step) / steps - box.left;
      const y = from.clientY + ((to.clientY - from.clientY) * step) / steps - box.top;
      const column = Math.floor(x / grid.step), row = Math.floor(y / grid.step), at = row * grid.columns + column;
      const off = Math.hypot(x - column * grid.step - grid.side / 2, y - row * grid.step - grid.side / 2);
      if (off <= grid.side * HIT && column >= 0 && column < grid.columns && at >= 0 && at < grid.photos.length) yield at;
    }
  }
}
