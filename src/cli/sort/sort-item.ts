/** What texts are sorted by: a key, and where keys are equal a number that differs from text to text. */
export interface SortKey {
  key: number | string | null;
  id: number;
}

/** A text and its place in the order. */
export interface SortItem extends SortKey {
  text: string;
}

/** Before key and text: the number `id`, a key that is a number, the bytes of one that is a text, those of the text. */
const HEADER = 24;
const NO_TEXT = -1;
/** The most bytes that UTF-8 needs for a unit of a JavaScript string. */
const WIDEST = 3;

/** Bytes that are certainly enough to write it. */
export function maxItemSize({ key, text }: SortItem): number {
  return HEADER + WIDEST * (text.length + (typeof key === 'string' ? key.length : 0));
}

/** Writes it, and gives the place behind it. */
export function writeItem({ key, id, text }: SortItem, bytes: Buffer, at: number): number {
  const isText = typeof key === 'string';
  const keyBytes = isText ? bytes.write(key, at + HEADER) : 0;
  const textBytes = bytes.write(text, at + HEADER + keyBytes);
  bytes.writeDoubleLE(id, at);
  bytes.writeDoubleLE(isText ? 0 : (key ?? Number.NaN), at + 8);
  bytes.writeInt32LE(isText ? keyBytes : NO_TEXT, at + 16);
  bytes.writeInt32LE(textBytes, at + 20);
  return at + HEADER + keyBytes + textBytes;
}

/** How many bytes the one at this place takes; where the bytes end within its header, how many that takes. */
export function itemSize(bytes: Buffer, at: number): number {
  if (bytes.length - at < HEADER) return HEADER;
  return HEADER + Math.max(0, bytes.readInt32LE(at + 16)) + bytes.readInt32LE(at + 20);
}

export function readItem(bytes: Buffer, at: number): SortItem {
  const number = bytes.readDoubleLE(at + 8);
  const keyBytes = bytes.readInt32LE(at + 16);
  const start = at + HEADER + Math.max(0, keyBytes);
  const end = start + bytes.readInt32LE(at + 20);
  return { key: keyOf(), id: bytes.readDoubleLE(at), text: bytes.toString('utf8', start, end) };

  function keyOf(): SortItem['key'] {
    if (keyBytes !== NO_TEXT) return bytes.toString('utf8', at + HEADER, start);
    return Number.isNaN(number) ? null : number;
  }
}
