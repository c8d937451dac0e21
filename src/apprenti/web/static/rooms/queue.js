// Photos on their way to the server: a few at a time, each under a key of its own, so that a request whose answer was
// lost is sent again and nothing is taken in twice. A server that was killed is waited for.
import { Refused, askUntilAnswered, freshKey } from "./api.js";

const SIDE_BY_SIDE = 3;
const HASHED_TOGETHER = 20;

export class Queue {
  // task: its id; onChange(): something went on; onTaken(photo, image, isNew); onProblem(photo, kind, details)
  constructor(task, { mostBytes, onChange, onTaken, onProblem }) {
    Object.assign(this, { task, mostBytes, onChange, onTaken, onProblem });
    this.waiting = [];
    this.first = new Map(); // by SHA-256 the photo of this queue that came first with these bytes
    this.n = { all: 0, done: 0, here: 0, problems: 0 };
    this.isPaused = false;
    this.trouble = null;
    this.busy = 0;
    this.seconds = 0; // spent sending, pauses left out
    this.runners = 0;
  }

  get isOver() { return this.n.done === this.n.all; }

  get secondsLeft() {
    const sent = this.n.done - this.n.here;
    return sent < 3 ? null : (this.seconds / sent) * (this.n.all - this.n.done);
  }

  add(photo) {
    this.n.all += 1;
    if (photo.size > this.mostBytes) this.failed(photo, "too_large", {});
    else this.waiting.push({ ...photo, key: freshKey() });
    this.begin();
  }

  begin() {
    for (let n = this.runners; n < SIDE_BY_SIDE && this.waiting.length && !this.isPaused; n += 1) this.run();
  }

  pause() { this.isPaused = true; this.onChange(); }

  resume() { this.isPaused = false; this.onChange(); this.begin(); }

  async run() {
    this.runners += 1;
    while (this.waiting.length && !this.isPaused) {
      const part = await this.known(this.waiting.splice(0, HASHED_TOGETHER));
      while (part.length) {
        if (this.isPaused) { this.waiting.unshift(...part); break; }
        await this.timed(part.shift());
      }
    }
    this.runners -= 1;
    this.onChange();
  }

  // photos whose bytes the server has need not travel; without a secure context there is no hashing, and they do
  async known(part) {
    if (!crypto.subtle) return part;
    for (const photo of part) {
      try {
        photo.data = await photo.open();
        photo.sha256 = await sha256(photo.data);
      } catch (error) {
        photo.unreadable = error;
      }
    }
    for (const photo of part) {
      const first = this.first.get(photo.sha256);
      if (first && first !== photo) photo.twin = first; // itself, where it comes here again after a pause
      else if (photo.sha256 && !first) this.first.set(photo.sha256, withPromise(photo));
    }
    const hashes = part.filter((photo) => photo.sha256 && !photo.twin).map((photo) => photo.sha256);
    if (!hashes.length) return part;
    try {
      const path = `/rooms/tasks/${this.task}/known`;
      const { data } = await askUntilAnswered("POST", path, { json: { hashes } }, (error) => this.met(error));
      for (const photo of part) photo.here = data[photo.sha256];
    } catch (error) {
      if (!(error instanceof Refused)) throw error; // a server that cannot say: all are sent
    }
    return part;
  }

  async timed(photo) {
    const begun = performance.now();
    this.busy += 1;
    await this.send(photo);
    this.busy -= 1;
    this.seconds += (performance.now() - begun) / 1000 / Math.max(1, this.busy + 1);
    photo.data = null;
    this.onChange();
  }

  async send(photo) {
    const image = await this.taken(photo);
    photo.settle?.(image);
  }

  async taken(photo) {
    if (photo.twin) {
      const image = await photo.twin.settled;
      if (image) return this.finished(photo, image, false);
    }
    if (photo.here) {
      this.n.here += 1;
      return this.finished(photo, { id: photo.here.id, labels: photo.here.labels }, false);
    }
    if (photo.unreadable) return this.failed(photo, "unreadable", {});
    try {
      const data = photo.data ?? await photo.open();
      const query = new URLSearchParams({ name: photo.name.slice(0, 200) });
      if (photo.sha256 && photo.labelId) query.append("label", labelWord(photo));
      if (photo.isTest) query.append("is_test", "true");
      const options = { body: data, key: photo.key };
      const answer = await askUntilAnswered("POST", `/v1/images?${query}`, options, (error) => this.met(error));
      const image = { id: answer.data.id, labels: answer.data.labels.map((label) => label.id) };
      return this.finished(photo, image, answer.status === 201);
    } catch (error) {
      if (error instanceof Refused) return this.failed(photo, "refused", { message: error.message });
      return this.failed(photo, "unreadable", {}); // moved or changed since it was chosen, or a damaged archive
    }
  }

  finished(photo, image, isNew) {
    this.n.done += 1;
    this.onTaken(photo, image, isNew);
    return image;
  }

  failed(photo, kind, details) {
    this.n.done += 1;
    this.n.problems += 1;
    this.onProblem(photo, kind, details);
    this.onChange();
    return null;
  }

  met(error) {
    if (this.trouble?.message !== error?.message) { this.trouble = error; this.onChange(); }
  }
}

function withPromise(photo) {
  photo.settled = new Promise((settle) => { photo.settle = settle; });
  return photo;
}

const labelWord = ({ labelId, value }) => (value === undefined ? labelId : `${labelId}:${value}`);

async function sha256(blob) {
  const digest = await crypto.subtle.digest("SHA-256", await blob.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
