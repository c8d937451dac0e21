// The labels of a task: their keys, their counts, what is shown, and saying of photos what they show, with undo.
import { ask, askUntilAnswered, freshKey } from "./api.js";
import { number, say, tell, toast } from "./words.js";

const KEYS = "1234567890abcdefghijklmnopqrstuvwxyz";

export class LabelBook {
  constructor(facts, onChange) {
    this.type = facts.task.type;
    this.task = facts.task.id;
    this.onChange = onChange;
    this.making = new Map();
    this.undone = [];
    this.sending = Promise.resolve();
    this.learn(facts);
  }

  update(facts) {
    this.learn(facts);
    this.onChange();
  }

  learn(facts) {
    this.labels = facts.labels.map((label, at) => ({ ...label, key: KEYS[at] ?? "" }));
    this.n = facts.n;
    this.fewest = facts.fewest;
    this.byId = new Map(this.labels.map((label) => [label.id, label]));
  }

  async refresh() {
    this.update((await ask("GET", `/rooms/tasks/${this.task}/facts`)).data);
  }

  nameOf(id) { return this.byId.get(id)?.name ?? "?"; }

  // on keyboards whose digits need Shift, the place of the key counts
  labelOfKey(event) {
    const key = event.code.match(/^(?:Digit|Numpad)(\d)$/)?.[1] ?? event.key.toLowerCase();
    return key ? this.labels.find((label) => label.key === key) : undefined;
  }

  // the id of the label of this name; made where there is none
  async idOf(name) {
    const there = this.labels.find((label) => label.name.toLowerCase() === name.toLowerCase());
    if (there) return there.id;
    const word = name.toLowerCase();
    if (!this.making.has(word)) this.making.set(word, this.make(name));
    try {
      return await this.making.get(word);
    } finally {
      this.making.delete(word);
    }
  }

  async make(name) {
    const kind = this.type === "multi_class" ? "category" : "tag";
    const { data } = await askUntilAnswered("POST", "/v1/labels", { json: { name, kind }, key: freshKey() });
    await askUntilAnswered("PUT", `/v1/tasks/${this.task}/labels/${data.id}`);
    await this.refresh();
    return data.id;
  }

  // Say of photos that they show a label. What is drawn changes at once; the server is told in order.
  give(photos, label, value = null) {
    if (!photos.length) return;
    const before = photos.map((photo) => ({ photo, shows: photo.shows }));
    const takesOff = this.type === "multi_label" && photos.every((photo) => photo.shows.some(([id]) => id === label.id));
    for (const photo of photos) photo.shows = this.after(photo.shows, label, value, takesOff);
    const ids = photos.map((photo) => photo.id);
    const change = takesOff ? { remove: [label.id] } : { add: [{ label_id: label.id, value }] };
    this.undone.push(before);
    this.count(before);
    this.send([{ image_ids: ids, ...change }], before);
    const said = say(takesOff ? "data_room.unlabelled_n" : "data_room.labelled_n", { n: photos.length, label: label.name });
    if (photos.length > 1) toast(said, { label: say("data_room.undo"), act: () => this.undo() });
    else tell(said);
  }

  // Say of each photo what it shows; one undo takes all of it back.
  giveEach(pairs) {
    const before = pairs.map(([photo]) => ({ photo, shows: photo.shows }));
    for (const [photo, label] of pairs) photo.shows = this.after(photo.shows, label, null, false);
    this.undone.push(before);
    this.count(before);
    this.send(pairs.map(([photo, label]) => ({ image_ids: [photo.id], add: [{ label_id: label.id }] })), before);
    toast(say("data_views.given_n", { n: pairs.length }), { label: say("data_room.undo"), act: () => this.undo() });
  }

  // Let photos show what they showed before: pairs of photo and that.
  restore(pairs) {
    this.undone.push(pairs.map(([photo, shows]) => ({ photo, shows })));
    this.undo();
  }

  // Let one label take the place of another; returns what takes it back.
  async merge(label, into) {
    await this.sending;
    const path = `/v1/tasks/${this.task}/labels/${label.id}`;
    const { data } = await askUntilAnswered("POST", `${path}/merge`, { json: { into: into.id } });
    this.undone = [];
    return async () => {
      await askUntilAnswered("PUT", path);
      const back = (ids, remove) => ids.map((id) => ({ image_ids: [id], add: [{ label_id: label.id }], remove }));
      for (const json of merged([...back(data.moved, [into.id]), ...back(data.both, [])])) {
        await askUntilAnswered("POST", "/v1/images/labels", { json });
      }
    };
  }

  // Say of photos that they show nothing of this task.
  clear(photos) {
    const shown = photos.filter((photo) => photo.shows.length);
    if (!shown.length) return;
    const before = shown.map((photo) => ({ photo, shows: photo.shows }));
    const remove = [...new Set(shown.flatMap((photo) => photo.shows.map(([id]) => id)))];
    for (const photo of shown) photo.shows = [];
    this.undone.push(before);
    this.count(before);
    this.send([{ image_ids: shown.map((photo) => photo.id), remove }], before);
    tell(say("data_room.cleared_n", { n: shown.length }));
  }

  undo() {
    const before = this.undone.pop();
    if (!before) return;
    const now = before.map(({ photo }) => ({ photo, shows: photo.shows }));
    for (const { photo, shows } of before) photo.shows = shows;
    this.count(now);
    this.send(before.map(({ photo, shows }, at) => ({
      image_ids: [photo.id],
      remove: now[at].shows.map(([id]) => id).filter((id) => !shows.some(([kept]) => kept === id)),
      add: shows.map(([label_id, value]) => ({ label_id, value })),
    })), now);
    toast(say("data_room.undone_n", { n: before.length }));
  }

  after(shows, label, value, takesOff) {
    const others = this.type === "multi_label" ? shows.filter(([id]) => id !== label.id) : [];
    return takesOff ? others : [...others, [label.id, value]];
  }

  // counts follow at once, from what photos showed before
  count(before) {
    for (const { photo, shows } of before) {
      for (const [id] of shows) if (this.byId.has(id)) this.byId.get(id).n -= 1;
      for (const [id] of photo.shows) if (this.byId.has(id)) this.byId.get(id).n += 1;
      this.n.unlabelled += (photo.shows.length ? 0 : 1) - (shows.length ? 0 : 1);
    }
    this.onChange();
  }

  send(requests, before) {
    this.sending = this.sending.then(async () => {
      for (const json of merged(requests)) {
        await askUntilAnswered("POST", "/v1/images/labels", { json }, (error) => {
          if (error) toast(say("data_room.trouble", { why: error.message }), { bad: true });
        });
      }
    }).catch(async (error) => {
      for (const { photo, shows } of before) photo.shows = shows;
      toast(error.message, { bad: true });
      await this.refresh().catch(() => {});
    });
  }
}

// the same said of several photos is one request, a thousand at most
function merged(requests) {
  const same = new Map();
  for (const { image_ids, add = [], remove = [] } of requests) {
    const word = JSON.stringify([add, remove]);
    same.set(word, [...(same.get(word) ?? []), ...image_ids]);
  }
  return [...same].flatMap(([word, ids]) => {
    const [add, remove] = JSON.parse(word), parts = [];
    for (let at = 0; at < ids.length; at += 1000) parts.push({ image_ids: ids.slice(at, at + 1000), add, remove });
    return parts;
  });
}

// a button for a label: its key, its name, how many photos show it
export function labelButton(label, fewest) {
  const button = Object.assign(document.createElement("button"), { type: "button" });
  button.dataset.label = label.id;
  if (label.key) button.append(Object.assign(document.createElement("kbd"), { textContent: label.key.toUpperCase() }));
  button.append(Object.assign(document.createElement("span"), { className: "name", textContent: label.name }));
  if (fewest !== undefined) {
    button.append(Object.assign(document.createElement("span"), { className: "n", textContent: number(label.n) }));
    if (label.n < fewest && !label.is_negative) {
      button.classList.add("few");
      button.title = say("data_room.few", { n: fewest });
    }
  }
  return button;
}
