import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreError } from '../../base/errors.js';
import { withRemedy } from '../../disk/fault.js';
import type { Folders } from '../../disk/folders.js';

/** How long (ms) a walk may keep the process from other work. */
const SLICE = 10;

/**
 * Yields what `pick` returns for each name in these folders, except for nulls. Reads one folder at a time, and is `paced`.
 * @throws StoreError at the end, the first one, when folders could not be listed: the others are listed all the same (I4)
 */
export function walk<F extends { path: string }, T>(
  folders: Folders,
  these: Iterable<F>,
  pick: (folder: F, name: string) => T | null,
): AsyncGenerator<T> {
  return paced(picks(folders, these, pick));
}

/** Yields the items except for nulls. Lets the process do other work every 10 ms: a server that purges keeps answering. */
export async function* paced<T>(items: Iterable<T | null>): AsyncGenerator<T> {
  let since = performance.now();
  for (const item of items) {
    if (item !== null) yield item;
    if (performance.now() - since < SLICE) continue;
    await nextTurn();
    since = performance.now();
  }
}

function* picks<F extends { path: string }, T>(
  folders: Folders,
  these: Iterable<F>,
  pick: (folder: F, name: string) => T | null,
): Generator<T | null> {
  let fault: StoreError | null = null;
  for (const folder of these) {
    const names = namesOrFault(folders, folder.path);
    if (names instanceof StoreError) fault ??= names;
    else for (const name of names) yield pick(folder, name);
  }
  if (fault !== null) throw fault;
}

function namesOrFault(folders: Folders, path: string): string[] | StoreError {
  try {
    return namesIn(folders, path);
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}

/** The names in a folder; none when the folder does not exist. @throws StoreError */
export function namesIn(folders: Folders, path: string): string[] {
  return withRemedy(`cannot list ${path}`, () => folders.names(path));
}
