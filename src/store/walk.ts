import { readdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { errorCode } from '../errors.js';
import { withRemedy } from './fault.js';

/** For how long (ms) a walk may keep the process to itself. */
const SLICE = 10;

/**
 * The names in these folders, one folder at a time. Now and then it lets the process do other work: a server
 * that purges keeps answering.
 */
export async function* walk<T extends { path: string }>(
  folders: Iterable<T>,
): AsyncGenerator<{ folder: T; name: string }> {
  let since = performance.now();
  for (const folder of folders) {
    for (const name of namesIn(folder.path)) {
      yield { folder, name };
      if (performance.now() - since < SLICE) continue;
      await nextTurn();
      since = performance.now();
    }
  }
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
