import { itemSize, maxItemSize, readItem, type SortItem, type SortKey, writeItem } from './sort-item.js';
import { TemporaryFile } from './temporary-file.js';

/** Bytes that are sorted in memory. */
const BATCH = 4 * 1024 * 1024;
/** How many bytes of a run to read at a time. */
const PIECE = 32 * 1024;

export type Compare = (one: SortKey, other: SortKey) => number;

/** A range of bytes: an item in the batch, or a sorted run in the file. */
interface Range {
  start: number;
  end: number;
}

/**
 * Sorts more texts than fit into memory. It sorts one batch at a time, writes it to a temporary file as a run, and merges
 * the runs at the end. @throws StoreError when the temporary folder is full
 */
export class Sorter {
  readonly #compare: Compare;
  readonly #limit: number;
  readonly #file = new TemporaryFile();
  readonly #runs: Range[] = [];
  /** One buffer for all batches, because garbage collection would free a new buffer for each text too late. */
  #batch: Buffer;
  #filled = 0;
  #items: (SortKey & Range)[] = [];

  /**
   * @param limit the greatest number of texts to return
   * @param batch bytes to sort in memory; more bytes need a file
   */
  constructor(compare: Compare, limit = Number.POSITIVE_INFINITY, batch = BATCH) {
    this.#compare = compare;
    this.#limit = limit;
    this.#batch = Buffer.allocUnsafeSlow(batch);
  }

  put(item: SortItem): void {
    const room = maxItemSize(item);
    if (this.#filled + room > this.#batch.length) this.#writeRun();
    if (room > this.#batch.length) this.#batch = Buffer.allocUnsafeSlow(room);
    const start = this.#filled;
    this.#filled = writeItem(item, this.#batch, start);
    this.#items.push({ key: item.key, id: item.id, start, end: this.#filled });
  }

  /** Yields the texts in order; call it once. Closes the sorter at the end, or when the caller stops early. */
  *sorted(): Generator<string> {
    try {
      if (this.#runs.length > 0) this.#file.flush();
      const runs = this.#runs.map((run) => this.#readRun(run));
      let left = this.#limit;
      for (const { text } of merged([...runs, this.#readBatch()], this.#compare)) {
        if (left === 0) return;
        left -= 1;
        yield text;
      }
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#file.close();
  }

  #sortedItems(): Range[] {
    return this.#items.sort(this.#compare).slice(0, this.#limit);
  }

  *#readBatch(): Generator<SortItem> {
    for (const { start } of this.#sortedItems()) yield readItem(this.#batch, start);
  }

  #writeRun(): void {
    const start = this.#file.size;
    for (const item of this.#sortedItems()) this.#file.append(this.#batch, item.start, item.end);
    this.#runs.push({ start, end: this.#file.size });
    this.#filled = 0;
    this.#items = [];
  }

  *#readRun({ start, end }: Range): Generator<SortItem> {
    let piece = Buffer.allocUnsafeSlow(PIECE);
    for (let next = start; next < end; ) {
      const bytes = piece.subarray(0, Math.min(piece.length, end - next));
      this.#file.read(bytes, next);
      let at = 0;
      let size = itemSize(bytes, at);
      for (; size <= bytes.length - at; size = itemSize(bytes, at)) {
        yield readItem(bytes, at);
        at += size;
      }
      if (size > piece.length) piece = Buffer.allocUnsafeSlow(size);
      next += at;
    }
  }
}

/** Merges one or more sorted sources. Equal items stay in the order of their sources. */
function merged<T>(sources: readonly Generator<T>[], compare: (one: T, other: T) => number): Generator<T> {
  if (sources.length === 1) return sources[0] as Generator<T>;
  const middle = sources.length >> 1;
  return mergedPair(
    merged(sources.slice(0, middle), compare),
    merged(sources.slice(middle), compare),
    compare,
  );
}

function* mergedPair<T>(
  ones: Generator<T>,
  others: Generator<T>,
  compare: (one: T, other: T) => number,
): Generator<T> {
  let one = ones.next();
  let other = others.next();
  while (!one.done && !other.done) {
    if (compare(one.value, other.value) <= 0) {
      yield one.value;
      one = ones.next();
    } else {
      yield other.value;
      other = others.next();
    }
  }
  for (; !one.done; one = ones.next()) yield one.value;
  for (; !other.done; other = others.next()) yield other.value;
}
