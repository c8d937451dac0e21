// What waits for a look: fetched in parts, told to the server in order, and taken back where it was a slip.
import { Refused, ask, askUntilAnswered, freshKey } from "./api.js";

const PART = 40, FETCH_BELOW = 8, PREFETCHED = 3;


export class Queue {
  // on: {trouble(error or null), refused(error), answered(corrections), idle()}
  constructor(facts, on) {
    Object.assign(this, { task: facts.task, on });
    this.items = [];
    this.skipped = [];
    this.past = []; // what was done, the last one at the end
    this.seen = new Set(); // predictions that were shown, or looked nearly like one that was
    this.cursor = undefined; // null: the end was reached
    this.nDone = 0;
    this.nUnsent = 0;
    this.sending = Promise.resolve();
  }

  get current() { return this.items[0]; }

  get next() { return this.items.slice(1, 1 + PREFETCHED); }

  // more to look at, where there is little left; whoever asks meanwhile waits for the same answer
  fill() {
    if (this.items.length >= FETCH_BELOW || this.cursor === null) return this.filling ?? Promise.resolve();
    this.filling ??= this.fetch().finally(() => { this.filling = undefined; });
    return this.filling;
  }

  async fetch() {
    const query = new URLSearchParams({ limit: PART, ...(this.cursor ? { cursor: this.cursor } : {}) });
    const { data } = await ask("GET", `/v1/tasks/${this.task}/review?${query}`);
    this.cursor = data.next_cursor;
    for (const item of data.items) {
      if (this.seen.has(item.prediction.id)) continue;
      item.alike = item.alike.filter((id) => !this.seen.has(id));
      for (const id of [item.prediction.id, ...item.alike]) this.seen.add(id);
      this.items.push(item);
    }
    if (this.items.length < FETCH_BELOW && this.cursor) await this.fetch(); // many may be folded behind one
  }

  // what a person says of the first one; body: {label_ids} or {value}
  answer(body, { alsoAlike = false } = {}) {
    const item = this.items.shift();
    const ids = [item.prediction.id, ...(alsoAlike ? item.alike : [])];
    const given = { item, corrections: [] };
    this.past.push(given);
    this.nDone += 1;
    this.send(async () => {
      for (const id of ids) given.corrections.push(await this.told(`/v1/predictions/${id}/corrections`, { ...body, in_queue: true }));
      this.on.answered(given.corrections);
    }, () => { this.past = this.past.filter((one) => one !== given); this.nDone -= 1; });
  }

  skip() {
    const item = this.items.shift();
    this.skipped.push(item);
    this.past.push({ item, corrections: null });
  }

  // the last one comes back; what was said of it is taken back as soon as it has arrived
  undo() {
    const given = this.past.pop();
    if (!given) return false;
    this.items.unshift(given.item);
    if (given.corrections === null) {
      this.skipped = this.skipped.filter((item) => item !== given.item);
      return true;
    }
    this.nDone -= 1;
    this.send(async () => {
      for (const made of given.corrections) await this.told(`/v1/corrections/${made.id}/withdraw`);
      this.on.answered([]);
    });
    return true;
  }

  lookAgain() {
    this.items.push(...this.skipped);
    this.past = this.past.filter((given) => given.corrections !== null);
    this.skipped = [];
  }

  async told(path, json) {
    const options = json ? { json, key: freshKey() } : { key: freshKey() };
    return (await askUntilAnswered("POST", path, options, this.on.trouble)).data;
  }

  send(work, onRefused = () => {}) {
    this.nUnsent += 1;
    this.sending = this.sending.then(work).catch((error) => {
      if (!(error instanceof Refused)) throw error;
      onRefused();
      this.on.refused(error);
    }).finally(() => {
      this.nUnsent -= 1;
      if (!this.nUnsent) this.on.idle();
    });
  }
}
