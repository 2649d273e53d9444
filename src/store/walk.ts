import { readdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { errorCode } from '../errors.js';
import { withRemedy } from './fault.js';

/** For how long (ms) a walk may keep the process to itself. */
const SLICE = 10;

/** What `pick` makes of the names in these folders, but for nulls; one folder at a time, and paced. */
export function walk<F extends { path: string }, T>(
  folders: Iterable<F>,
  pick: (folder: F, name: string) => T | null,
): AsyncGenerator<T> {
  return paced(picks(folders, pick));
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
  folders: Iterable<F>,
  pick: (folder: F, name: string) => T | null,
): Generator<T | null> {
  for (const folder of folders) for (const name of namesIn(folder.path)) yield pick(folder, name);
}

/** The names in a folder; none when there is no such folder. @throws StoreError */
export function namesIn(path: string): string[] {
  return withRemedy(`cannot list ${path}`, () => {
    try {
      return readdirSync(path);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
  });
}
