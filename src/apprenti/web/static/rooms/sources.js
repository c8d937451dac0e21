// What was dropped or chosen, as photos with the names of their folders, found one after the other.
import { entriesOf } from "./unzip.js";

const PICTURE = /\.(jpe?g|png|webp|gif|bmp|tiff?)$/i;
const HIDDEN = /(^|\/)(\.|__MACOSX)/;
const ARCHIVE = /\.zip$/i;

const SPLIT = /^(train(ing)?|val(id(ation)?)?|test(ing)?)$/i;
const TEST = /^test(ing)?$/i;

// {name, label, isTest, size, open(): Promise<Blob>}: label is the folder right above, empty where there is none
function photo(path, size, open) {
  const parts = path.split("/").filter(Boolean), above = parts.at(-2) ?? "";
  const label = SPLIT.test(above) ? "" : above;
  return { name: parts.at(-1), label, isTest: parts.slice(0, -1).some((part) => TEST.test(part)), size, open };
}

export async function* photosIn(files) {
  for await (const { file, path } of files) {
    if (HIDDEN.test(path)) continue;
    if (ARCHIVE.test(path)) yield* photosInArchive(file);
    else if (PICTURE.test(path) || file.type.startsWith("image/")) yield photo(path, file.size, async () => file);
  }
}

async function* photosInArchive(file) {
  for await (const entry of entriesOf(file)) {
    if (PICTURE.test(entry.path) && !HIDDEN.test(entry.path)) yield photo(entry.path, entry.size, entry.open);
  }
}

export const chosen = (list) => Array.from(list, (file) => ({ file, path: file.webkitRelativePath || file.name }));

// folders of a drop must be asked for before the event is over; what is in them is read later
export function dropped(transfer) {
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry?.()).filter(Boolean);
  return entries.length ? filesUnder(entries) : chosen(transfer.files);
}

async function* filesUnder(entries) {
  for (const entry of entries) {
    if (entry.isFile) {
      const file = await new Promise((done, failed) => entry.file(done, failed));
      yield { file, path: entry.fullPath };
    } else {
      yield* filesUnder(await children(entry));
    }
  }
}

async function children(folder) {
  const reader = folder.createReader(), found = [];
  for (;;) {
    const part = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!part.length) return found.sort((a, b) => a.name.localeCompare(b.name));
    found.push(...part);
  }
}
