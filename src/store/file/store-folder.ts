import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, StoreError } from '../../base/errors.js';
import { withRemedy } from '../../disk/fault.js';
import { listName, recognize } from './layout.js';

/** Names that a folder may hold and still count as empty: hidden files, what a file system makes, a user directory. */
const HARMLESS = /^(?:\..*|lost\+found|users\.json(?:\.lock)?)$/;

/** There is no folder where the store should be. */
export class MissingStoreError extends StoreError {}

/** @throws StoreError unless `dir` is an existing folder */
export function assertFolder(dir: string): void {
  const stats = withRemedy(`cannot open the store at ${dir}`, () => statSync(dir, { throwIfNoEntry: false }));
  if (stats?.isDirectory()) return;
  if (stats !== undefined)
    throw new StoreError(`there is a file, and no store, at ${dir}: check --store or the configuration`);
  throw new MissingStoreError(
    `there is no store at ${dir}: check --store or the configuration; a server makes it with its first session`,
  );
}

/**
 * Refuses a folder of other things, which is probably a mistyped path. Accepts a folder that cannot be read: the store
 * reports that itself.
 * @throws StoreError when the folder at `dir` holds other things, and no files of a store
 */
export function assertNothingElse(dir: string): void {
  const names = namesOf(dir).filter((name) => !HARMLESS.test(name));
  if (names.length === 0 || names.some((name) => isOfStore(dir, name))) return;
  throw new StoreError(
    `the folder ${dir} holds other things and no store: check --store or the configuration, or name a folder that is new or empty`,
  );
}

/** Whether a name in `dir` is of a store. Looks at type and content too, because other files have such names as well. */
function isOfStore(dir: string, name: string): boolean {
  const stats = lstatSync(join(dir, name), { throwIfNoEntry: false });
  if (name === 'lock') return stats?.isFile() === true && stats.size === 0;
  if (name === 'secret') return stats?.isFile() === true || stats?.isSymbolicLink() === true;
  if (name === 'users') return stats?.isDirectory() === true && namesOf(join(dir, name)).every(isList);
  if (!/^[0-9a-f]{2}$/.test(name) || !stats?.isDirectory()) return false;
  const names = namesOf(join(dir, name));
  return names.length === 0 || names.some((one) => recognize(name, one) !== null);
}

function isList(name: string): boolean {
  return listName(name) !== null;
}

function namesOf(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return [];
  }
}
