// Reads a zip in the browser, entry by entry, so that its photos go the same way as all others.
// Source: APPNOTE.TXT 6.3.10 (PKWARE); without ZIP64: archives below 4 GB.
const END = 0x06054b50, CENTRAL = 0x02014b50, LOCAL = 0x04034b50;
const END_BYTES = 22, MOST_COMMENT = 65535, MOST_ENTRY_BYTES = 500e6;
const STORED = 0, DEFLATED = 8;

export class ZipDamaged extends Error {}

async function view(blob, from, length) {
  return new DataView(await blob.slice(from, from + length).arrayBuffer());
}

export async function* entriesOf(archive) {
  const tailAt = Math.max(0, archive.size - END_BYTES - MOST_COMMENT);
  const tail = await view(archive, tailAt, archive.size - tailAt);
  let end = tail.byteLength - END_BYTES;
  while (end >= 0 && tail.getUint32(end, true) !== END) end -= 1;
  if (end < 0) throw new ZipDamaged();
  const n = tail.getUint16(end + 10, true);
  const directory = await view(archive, tail.getUint32(end + 16, true), tail.getUint32(end + 12, true));
  for (let at = 0, entry = 0; entry < n; entry += 1) {
    if (at + 46 > directory.byteLength || directory.getUint32(at, true) !== CENTRAL) throw new ZipDamaged();
    const flags = directory.getUint16(at + 8, true), method = directory.getUint16(at + 10, true);
    const packed = directory.getUint32(at + 20, true), size = directory.getUint32(at + 24, true);
    const nameBytes = directory.getUint16(at + 28, true), localAt = directory.getUint32(at + 42, true);
    const skipped = directory.getUint16(at + 30, true) + directory.getUint16(at + 32, true);
    const raw = new Uint8Array(directory.buffer, at + 46, nameBytes);
    const path = new TextDecoder(flags & 0x800 ? "utf-8" : "windows-1252").decode(raw);
    at += 46 + nameBytes + skipped;
    if (path.endsWith("/") || size > MOST_ENTRY_BYTES || flags & 1) continue;
    yield { path, size, open: () => opened(archive, { localAt, method, packed, size }) };
  }
}

async function opened(archive, { localAt, method, packed, size }) {
  const local = await view(archive, localAt, 30);
  if (local.byteLength < 30 || local.getUint32(0, true) !== LOCAL) throw new ZipDamaged();
  const from = localAt + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  const data = archive.slice(from, from + packed);
  if (method === STORED) return data;
  if (method !== DEFLATED) throw new ZipDamaged();
  return inflated(data, size);
}

// an entry that is larger than it says is cut off: it is no photo
async function inflated(data, size) {
  const reader = data.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts = [];
  for (let n = 0; ;) {
    const { done, value } = await reader.read().catch(() => { throw new ZipDamaged(); });
    if (done) return new Blob(parts);
    n += value.length;
    if (n > size) throw new ZipDamaged();
    parts.push(value);
  }
}
