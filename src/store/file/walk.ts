import { errorCode, StoreError } from '../../base/errors.js';
import { Slice } from '../../base/slice.js';
import { storeFault } from '../../disk/fault.js';
import type { Folders } from '../../disk/folders.js';

/** The greatest number of items in a batch, and of the bytes that they take. */
const MOST = { items: 128, bytes: 256 * 1024 };

/** Yields the items except for nulls, one at a time, and paced by `Slice`. */
export async function* paced<T>(items: Iterable<T | null>): AsyncGenerator<T> {
  const slice = new Slice();
  for (const item of items) {
    if (item !== null) yield item;
    if (slice.isOver()) await slice.next();
  }
}

interface BatchOptions<T> {
  /** How many bytes an item takes in memory. Default: hardly any. */
  bytesOf?: (item: T) => number;
  /** Runs the work of one batch, which is synchronous. */
  within?: (work: () => void) => void;
  slice?: Slice;
}

/**
 * Yields the items except for nulls in batches, and paced by `Slice`. When an item cannot be had, yields those before it
 * first.
 */
export async function* inBatches<T>(
  items: Iterable<T | null>,
  { bytesOf = () => 0, within = (work) => work(), slice = new Slice() }: BatchOptions<T> = {},
): AsyncGenerator<T[]> {
  const rest = items[Symbol.iterator]();
  try {
    for (let isMore = true; isMore; ) {
      const batch: T[] = [];
      let failure: { error: unknown } | null = null;
      try {
        within(() => {
          isMore = fill(batch, rest, bytesOf, slice);
        });
      } catch (error) {
        failure = { error };
      }
      if (batch.length > 0) yield batch;
      if (failure !== null) throw failure.error;
      if (slice.isOver()) await slice.next();
    }
  } finally {
    rest.return?.();
  }
}

/** Returns whether there are more items. */
function fill<T>(batch: T[], rest: Iterator<T | null>, bytesOf: (item: T) => number, slice: Slice): boolean {
  for (let bytes = 0; bytes < MOST.bytes && batch.length < MOST.items && !slice.isOver(); ) {
    const { done, value } = rest.next();
    if (done) return false;
    if (value === null) continue;
    batch.push(value);
    bytes += bytesOf(value);
  }
  return true;
}

interface WalkOptions<T> extends Pick<BatchOptions<T>, 'bytesOf'> {
  passes?: (folder: string, fault: StoreError) => boolean;
}

/**
 * Yields in batches what `pick` returns for each name in these folders, except for nulls. Each folder is checked once for
 * a batch.
 * @param passes whether to go on without a folder of this fault as if it were not there. Default: never
 * @throws StoreError at the end, the first one, when folders could not be listed: the others are listed all the same (I4)
 */
export async function* walk<F extends { path: string }, T>(
  folders: Folders,
  these: Iterable<F>,
  pick: (folder: F, name: string) => T | null,
  { bytesOf, passes = () => false }: WalkOptions<T> = {},
): AsyncGenerator<T[]> {
  const slice = new Slice();
  let fault: StoreError | null = null;
  for (const { folder, names } of listedAhead(folders, these)) {
    const within = (work: () => void) => folders.pinned(folder.path, work);
    try {
      yield* inBatches(picks(folder, await names, pick), { within, slice, ...(bytesOf && { bytesOf }) });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      if (!passes(folder.path, error)) fault ??= error;
    }
  }
  if (fault !== null) throw fault;
}

/** The folders with their names. Another thread lists a large folder while the caller is at work on the one before. */
function* listedAhead<F extends { path: string }>(
  folders: Folders,
  these: Iterable<F>,
): Generator<{ folder: F; names: Promise<string[]> }> {
  let ready: { folder: F; names: Promise<string[]> } | null = null;
  for (const folder of these) {
    const names = namesIn(folders, folder.path);
    // A caller who stops early never waits for it.
    names.catch(() => {});
    if (ready !== null) yield ready;
    ready = { folder, names };
  }
  if (ready !== null) yield ready;
}

function* picks<F, T>(
  folder: F,
  names: readonly string[],
  pick: (folder: F, name: string) => T | null,
): Generator<T | null> {
  for (const name of names) yield pick(folder, name);
}

/** The names in a folder; none when the folder does not exist. @throws StoreError */
export async function namesIn(folders: Folders, path: string): Promise<string[]> {
  try {
    return await folders.namesLater(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw storeFault(error, `cannot list ${path}`);
  }
}
