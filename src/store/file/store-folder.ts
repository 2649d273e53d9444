import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, StoreError } from '../../base/errors.js';
import { withRemedy } from '../../disk/fault.js';
import { isListName, recognize } from './layout.js';

/** What may be in a folder that is as good as empty: names with a dot in front, what a file system makes, a user directory. */
const HARMLESS = /^(?:\..*|lost\+found|users\.json(?:\.lock)?)$/;

/** @throws StoreError unless `dir` is a folder that is there. */
export function assertFolder(dir: string): void {
  const stats = withRemedy(`cannot open the store at ${dir}`, () => statSync(dir, { throwIfNoEntry: false }));
  if (stats?.isDirectory()) return;
  if (stats !== undefined)
    throw new StoreError(`there is a file, and no store, at ${dir}: check --store or the configuration`);
  throw new StoreError(
    `there is no store at ${dir}: check --store or the configuration; a server makes it with its first session`,
  );
}

/**
 * A mistyped path is neither an empty store, nor a place to make one. What cannot be looked into, the store itself will
 * report.
 * @throws StoreError when there is a folder at `dir` that holds other things, and nothing of a store.
 */
export function assertNothingElse(dir: string): void {
  const names = namesOf(dir).filter((name) => !HARMLESS.test(name));
  if (names.length === 0 || names.some((name) => isOfStore(dir, name))) return;
  throw new StoreError(
    `the folder ${dir} holds other things and no store: check --store or the configuration, or name a folder that is new or empty`,
  );
}

/** Other folders have files and folders of these names as well, so it is asked what they hold. */
function isOfStore(dir: string, name: string): boolean {
  const stats = lstatSync(join(dir, name), { throwIfNoEntry: false });
  if (name === 'lock') return stats?.isFile() === true && stats.size === 0;
  if (name === 'secret') return stats?.isFile() === true || stats?.isSymbolicLink() === true;
  if (name === 'users') return stats?.isDirectory() === true && namesOf(join(dir, name)).every(isListName);
  if (!/^[0-9a-f]{2}$/.test(name) || !stats?.isDirectory()) return false;
  const names = namesOf(join(dir, name));
  return names.length === 0 || names.some((one) => recognize(name, one) !== null);
}

function namesOf(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return [];
  }
}
