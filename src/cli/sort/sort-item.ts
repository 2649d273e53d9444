/** Items are ordered by `key`, then by `id`, which is unique. */
export interface SortKey {
  key: number | string | null;
  id: number;
}

/** A text and its sort key. */
export interface SortItem extends SortKey {
  text: string;
}

/** Bytes before key and text: `id` (8), a numeric key (8), the size of a text key (4), the size of the text (4). */
const HEADER = 24;
const NO_TEXT = -1;
/** The greatest number of UTF-8 bytes for one unit of a JavaScript string. */
const WIDEST = 3;

/** An upper bound of the item's size in bytes. */
export function maxItemSize({ key, text }: SortItem): number {
  return HEADER + WIDEST * (text.length + (typeof key === 'string' ? key.length : 0));
}

/** Writes the item at `at`. @returns the offset after it */
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

/** The size in bytes of the item at `at`; the size of a header when the bytes end within the header. */
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
