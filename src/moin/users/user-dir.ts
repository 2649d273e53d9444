import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UsageError } from '../../base/errors.js';
import { storeFault } from '../../disk/fault.js';
import { DENIED } from '../files/folder.js';
import { isUserId } from './user-file.js';

/**
 * The folder of a wiki's users.
 * @param dir absolute: the wiki's folder that holds `data`, the folder `data`, or the folder of the users itself
 * @throws UsageError that says what was looked for; StoreError when a folder cannot be read
 */
export function findUserDir(dir: string): string {
  try {
    const inside = [join(dir, 'data', 'user'), join(dir, 'user')].find(isFolder);
    if (inside !== undefined) return inside;
    if (isFolder(dir) && (basename(dir) === 'user' || readdirSync(dir).some(isUserId))) return dir;
  } catch (error) {
    throw storeFault(error, `cannot look for the users of a MoinMoin wiki in ${dir}`, {
      EACCES: DENIED,
    });
  }
  throw new UsageError(
    `no users of a MoinMoin wiki in ${dir}: neither a folder data/user or user, nor files such as 1795397431.64.10246; name the wiki's folder 'data'`,
  );
}

function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return false;
    throw error;
  }
}
