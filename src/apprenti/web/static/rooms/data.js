// The data room: photos come in, are seen, and are given labels.
import { Refused, ask } from "./api.js";
import { Brush } from "./brush.js";
import { Closer } from "./closer.js";
import { Grid } from "./grid.js";
import { LabelBook, labelButton } from "./labels.js";
import { Readiness } from "./ready.js";
import { Shots } from "./shots.js";
import { chosen } from "./sources.js";
import { Uploads } from "./uploads.js";
import { Views } from "./views.js";
import { number, say, tell, toast } from "./words.js";

const FIRST_PART = 300, PART = 2000;
const $ = (id) => document.getElementById(id);
const facts = JSON.parse($("facts").textContent);
const base = `/rooms/tasks/${facts.task.id}`;
let show = new URLSearchParams(location.search).get("show") ?? "all";
let loading = 0;
let order = new Map(); // by photo its place, where photos stand by likeness

const book = new LabelBook(facts, () => showBar());
const grid = new Grid($("grid"), {
  nameOf: (photo) => say("data_room.photo_is", { name: photo.name || say("data_room.unnamed"), label: tagOf(photo) || say("data_room.no_label") }),
  tagOf,
  testMark: say("data_room.test_mark"),
  on: { choose: showChosen, open: (at) => facts.can_edit && closer.open(at), key: pressed },
});
const closer = new Closer(grid, book, () => grid.redress());
const brush = grid.brush = new Brush(grid, (photos, label) => { book.give(photos, label); grid.redress(); showChosen(); });
const views = new Views(facts, book, { told, undo, onGrid: () => refresh().catch(told) });
new Readiness(facts, book, told);
if (facts.can_edit) {
  const uploads = new Uploads(facts, book, () => { refresh().catch(() => {}); views.watch(); });
  new Shots((file, labelId) => uploads.take(chosen([file]), labelId));
}

function tagOf(photo) {
  return photo.shows.map(([id, value]) => (book.type === "regression" ? number(value ?? 0) : book.nameOf(id))).join(", ");
}

// photos come in parts; those in sight first
async function load({ keepsPlace = false } = {}) {
  const mine = ++loading;
  const before = new Map(grid.photos.map((photo) => [photo.id, photo]));
  const found = [];
  for (let after = 0, limit = keepsPlace ? PART : FIRST_PART; after !== null; limit = PART) {
    const { data } = await ask("GET", `${base}/photos?${new URLSearchParams({ show, after, limit })}`);
    if (mine !== loading) return;
    for (const [id, name, isTest, shows] of data.photos) {
      found.push(Object.assign(before.get(id) ?? { id }, { name, isTest, shows }));
    }
    after = data.after;
    if (order.size) found.sort((a, b) => (order.get(a.id) ?? Infinity) - (order.get(b.id) ?? Infinity));
    for (const id of ["grid", "hint"]) $(id).hidden = found.length === 0;
    if (!keepsPlace || after === null) grid.fill(found, { keepsPlace: keepsPlace || found.length > FIRST_PART });
  }
  $("empty").hidden = found.length > 0;
  $("empty").textContent = say(show === "all" ? "data_room.empty" : "data_room.none_here");
}

async function refresh() {
  await book.sending;
  await Promise.all([book.refresh(), load({ keepsPlace: true })]);
}

// photos alike side by side, or as they came in; where the labels given since tell more, again
async function arrange() {
  const isByLikeness = $("order").value === "likeness";
  $("again").hidden = !isByLikeness;
  if ($("rest")) $("rest").hidden = !isByLikeness || book.type !== "multi_class";
  order = new Map();
  if (grid.width) grid.resize(isByLikeness);
  if (isByLikeness) {
    await book.sending;
    $("grid").setAttribute("aria-busy", "true");
    const { data } = await ask("GET", `${base}/order?${new URLSearchParams({ show, columns: grid.columns ?? 6 })}`);
    order = new Map(data.ids.map((id, at) => [id, at]));
    $("grid").removeAttribute("aria-busy");
    if (!order.size) tell(say("data_views.not_looked_yet"));
  }
  await load();
}

function choose(what) {
  show = what;
  const address = new URL(location.href);
  if (what === "all") address.searchParams.delete("show"); else address.searchParams.set("show", what);
  history.replaceState(null, "", address);
  grid.choose([]);
  showBar();
  arrange().catch(told);
}

function showBar() {
  if (!book) return;
  const kinds = ["all", "unlabelled", "test", "elsewhere"].filter((kind) => kind !== "elsewhere" || book.n.elsewhere);
  $("filters").replaceChildren(...kinds.map((kind) => filterButton(kind, say(`data_room.show_${kind}`), book.n[kind])));
  const focused = document.activeElement?.dataset?.label;
  $("labels").replaceChildren(...book.labels.map((label) => {
    const button = labelButton(label, facts.fewest);
    if (!views || views.now === "grid") button.setAttribute("aria-pressed", brush?.isOn ? brush.label?.id === label.id : show === label.id);
    button.classList.toggle("armed", Boolean(brush?.isOn) && brush.label?.id === label.id);
    button.addEventListener("click", () => clicked(label));
    return button;
  }));
  if (focused) $("labels").querySelector(`[data-label="${focused}"]`)?.focus();
  showAsLabel();
  showChosen();
  views?.changed();
}

// a label is a filter, but for photos that are chosen, for the brush, and in the other views
function clicked(label) {
  if (views.given(label)) return;
  if (brush.isOn) take(label);
  else if (grid.selected.size && facts.can_edit) give(label);
  else choose(show === label.id ? "all" : label.id);
}

function take(label) {
  brush.take(label);
  tell(say("data_views.brush_with", { label: label.name }));
  showBar();
}

function turnBrush(isOn = !brush.isOn) {
  brush.turn(isOn);
  $("brush").setAttribute("aria-pressed", isOn);
  $("hint").textContent = say(isOn ? "data_views.brush_how" : "data_room.hint");
  showBar();
}

function filterButton(kind, name, n) {
  const button = labelButton({ id: kind, name, n, key: "" });
  button.append(Object.assign(document.createElement("span"), { className: "n", textContent: number(n) }));
  button.setAttribute("aria-pressed", show === kind);
  button.addEventListener("click", () => choose(kind));
  return button;
}

function showAsLabel() {
  const select = $("as-label");
  if (!select) return;
  const chosen = select.value, fixed = [...select.options].slice(0, 2);
  select.replaceChildren(...fixed, ...book.labels.map((label) => new Option(label.name, label.id)));
  select.value = chosen;
}

function showChosen() {
  if (!grid) return;
  const n = grid.selected.size;
  $("chosen").textContent = n ? say("data_room.chosen_n", { n }) : "";
  if (!facts.can_edit) return;
  $("undo").disabled = !book.undone.length;
  for (const id of ["to-test", "delete"]) $(id).disabled = !n;
  const allTest = n > 0 && [...grid.selected].every((photo) => photo.isTest);
  $("to-test").textContent = say(allTest ? "data_room.from_test" : "data_room.to_test");
}

function give(label) {
  const isOne = grid.selected.size <= 1;
  book.give(grid.meant, label);
  grid.redress();
  if (isOne) grid.choose([]);
  if (isOne && book.type !== "multi_label") grid.go(grid.here + 1);
  showChosen();
}

// keys in the grid that are not about moving; true where one meant something
function pressed(event) {
  if (!facts.can_edit) return false;
  if ((event.ctrlKey || event.metaKey) && event.key === "z") return undo();
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === "Delete") return removeChosen();
  if (event.key === "Backspace") { book.clear(grid.meant); grid.redress(); showChosen(); return true; }
  const label = book.labelOfKey(event);
  if (!label) {
    if (event.key === "Escape" && brush.isOn) { turnBrush(false); return true; }
    return false;
  }
  if (brush.isOn) { take(label); return true; }
  if (book.type === "regression") closer.open(grid.here); else give(label);
  return true;
}

function undo() {
  book.undo();
  grid.redress();
  showChosen();
  return true;
}

async function moveToTest() {
  const photos = [...grid.selected], is_test = !photos.every((photo) => photo.isTest);
  try {
    for (const photo of photos) {
      await ask("PATCH", `/v1/images/${photo.id}`, { json: { is_test } });
      photo.isTest = is_test;
    }
  } catch (error) { told(error); }
  grid.redress();
  tell(say("data_room.moved_n", { n: photos.length }));
  await book.refresh();
}

function removeChosen() {
  const photos = grid.meant;
  if (!photos.length) return true;
  $("sure-title").textContent = say("data_room.delete_n", { n: photos.length });
  $("sure-why").textContent = say("data_room.delete_why");
  $("sure").returnValue = "";
  $("sure").showModal();
  $("sure").addEventListener("close", async () => {
    if ($("sure").returnValue !== "yes") return;
    try {
      for (let at = 0; at < photos.length; at += 1000) {
        await ask("POST", "/v1/images/delete", { json: { image_ids: photos.slice(at, at + 1000).map((photo) => photo.id) } });
      }
      toast(say("data_room.deleted_n", { n: photos.length }));
    } catch (error) { told(error); }
    book.undone = [];
    await refresh().catch(told);
  }, { once: true });
  return true;
}

function editLabels() {
  const lines = book.labels.map((label) => {
    const line = document.createElement("li");
    const name = Object.assign(document.createElement("input"), { value: label.name, maxLength: 200 });
    name.setAttribute("aria-label", say("data_room.rename", { label: label.name }));
    name.addEventListener("change", () => changed("PATCH", `/v1/labels/${label.id}`, { json: { name: name.value } }));
    const off = Object.assign(document.createElement("button"), { className: "small", type: "button", textContent: say("data_room.take_off") });
    off.setAttribute("aria-label", say("data_room.take_off_which", { label: label.name }));
    off.addEventListener("click", () => { line.remove(); changed("DELETE", `/v1/tasks/${facts.task.id}/labels/${label.id}`); });
    line.append(name, ...mergeChoice(label), off);
    return line;
  });
  $("editor-list").replaceChildren(...lines);
  $("label-editor").showModal();
}

// another label in the place of this one, and how to take that back
function mergeChoice(label) {
  const others = book.labels.filter((other) => other !== label && !other.is_negative);
  if (book.type === "regression" || label.is_negative || !others.length) return [];
  const into = Object.assign(document.createElement("select"), { className: "into" });
  into.setAttribute("aria-label", say("data_views.merge_which", { label: label.name }));
  into.append(new Option(say("data_views.merge"), ""), ...others.map((other) => new Option(other.name, other.id)));
  into.addEventListener("change", async () => {
    const other = book.byId.get(into.value);
    if (!other) return;
    $("label-editor").close();
    try {
      const back = await book.merge(label, other);
      await refresh();
      toast(say("data_views.merged", { label: label.name, into: other.name }), {
        label: say("data_room.undo"), stays: true, act: () => back().then(refresh).catch(told),
      });
    } catch (error) { told(error); }
  });
  return [into];
}

async function changed(method, path, options) {
  try {
    await ask(method, path, options);
    await refresh();
  } catch (error) { told(error); }
}

function told(error) {
  if (!(error instanceof Refused)) throw error;
  toast(error.message, { bad: true });
}

if (facts.can_edit) {
  $("undo").addEventListener("click", undo);
  $("closer").addEventListener("click", () => closer.open(grid.here));
  $("to-test").addEventListener("click", moveToTest);
  $("delete").addEventListener("click", removeChosen);
  $("edit-labels").addEventListener("click", editLabels);
  $("brush")?.addEventListener("click", () => turnBrush());
  $("rest").addEventListener("click", () => views.labelRest(grid.photos).then(() => grid.redress()).catch(told));
  $("new-label").addEventListener("submit", async (event) => {
    event.preventDefault();
    const field = $("new-label-name"), name = field.value.trim();
    if (!name) return;
    try {
      const id = await book.idOf(name);
      field.value = "";
      views.given(book.byId.get(id));
      tell(say("data_room.label_made", { label: name }));
    } catch (error) { told(error); }
  });
}
for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}
$("order").addEventListener("change", () => arrange().catch(told));
$("again").addEventListener("click", () => arrange().catch(told));
showBar();
load().catch(told);
