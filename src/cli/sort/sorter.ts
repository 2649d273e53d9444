import { itemSize, maxItemSize, readItem, type SortItem, type SortKey, writeItem } from './sort-item.js';
import { TemporaryFile } from './temporary-file.js';

const BATCH = 4 * 1024 * 1024;
/** Bytes of each run that are read at once. */
const PIECE = 32 * 1024;

export type Compare = (one: SortKey, other: SortKey) => number;

/** A stretch of bytes. In the file it is a run: sorted in itself. */
interface Stretch {
  start: number;
  end: number;
}

/**
 * Sorts texts that are too many to hold in memory: batch by batch, each of which then waits in a temporary file to be
 * merged with the others. @throws StoreError when there is no room for the file
 */
export class Sorter {
  readonly #compare: Compare;
  readonly #limit: number;
  readonly #file = new TemporaryFile();
  readonly #runs: Stretch[] = [];
  /** One for all batches: what a million texts would leave behind is collected late. */
  #batch: Buffer;
  #filled = 0;
  #places: (SortKey & Stretch)[] = [];

  /**
   * @param limit only the first so many are wanted
   * @param batch bytes that are sorted in memory: as long as there are no more there is no file
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
    this.#places.push({ key: item.key, id: item.id, start, end: this.#filled });
  }

  /** The texts in order, once. What was sorted is gone when all are taken, or when no more are. */
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

  #sortedPlaces(): Stretch[] {
    return this.#places.sort(this.#compare).slice(0, this.#limit);
  }

  *#readBatch(): Generator<SortItem> {
    for (const { start } of this.#sortedPlaces()) yield readItem(this.#batch, start);
  }

  #writeRun(): void {
    const start = this.#file.size;
    for (const place of this.#sortedPlaces()) this.#file.append(this.#batch, place.start, place.end);
    this.#runs.push({ start, end: this.#file.size });
    this.#filled = 0;
    this.#places = [];
  }

  *#readRun({ start, end }: Stretch): Generator<SortItem> {
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

/** What sorted sources, one or more, give as one sorted sequence; of equal ones that of the first source first. */
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
