import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreError } from '../../base/errors.js';
import { withRemedy } from '../../disk/fault.js';
import type { Folders } from '../../disk/folders.js';

/** For how long (ms) a walk may keep the process to itself. */
const SLICE = 10;

/**
 * What `pick` makes of the names in these folders, but for nulls; one folder at a time, and paced.
 * @throws StoreError at the end, the first one, when folders could not be listed: they harm no others (I4)
 */
export function walk<F extends { path: string }, T>(
  folders: Folders,
  these: Iterable<F>,
  pick: (folder: F, name: string) => T | null,
): AsyncGenerator<T> {
  return paced(picks(folders, these, pick));
}

/** The items but for nulls. Now and then it lets the process do other work: a server that purges keeps answering. */
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

/** The names in a folder; none when there is no such folder. @throws StoreError */
export function namesIn(folders: Folders, path: string): string[] {
  return withRemedy(`cannot list ${path}`, () => folders.names(path));
}
