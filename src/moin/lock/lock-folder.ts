import { lstatSync, mkdirSync, renameSync, rmdirSync, type Stats } from 'node:fs';
import { errorCode } from '../../base/errors.js';
import { closeAfter, FOLDER, ifExists } from '../../disk/open.js';
import { copyOwnership } from '../../disk/ownership.js';
import { openFile } from '../../disk/spare-files.js';
import { temporaryPath } from '../../disk/temporary.js';

/** The folder of the locks, in the folder that they are for. */
export const LOCKS = '__lock__';
/** Ms. MoinMoin takes a lock that is older for one that a killed process left, and removes it. */
export const LOCK_LIFETIME = 60_000;

/** Whether a lock no longer counts at `at` (ms). */
export function isOver(lock: Stats, at: number): boolean {
  return lock.isDirectory() && lock.mtimeMs < at - LOCK_LIFETIME;
}

/** The stats of the new folder; null when there is anything of this name. */
export function makeFolder(path: string): Stats | null {
  try {
    mkdirSync(path);
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return null;
    throw error;
  }
  return lstatSync(path);
}

/**
 * Removes a lock that is over. Two processes may find the same one: so it gets another name first, and what turns out to be a new
 * lock of another process is put back.
 */
export function takeAway(path: string, found: Stats): boolean {
  const aside = temporaryPath(path);
  if (ifExists(() => renameSync(path, aside)) === null) return true;
  const isFound = isSame(found, lstatSync(aside));
  if (isFound) rmdirSync(aside);
  else renameSync(aside, path);
  return isFound;
}

/** Whether these are stats of one folder, which was not removed and made anew. A rename changes its `ctime` alone. */
export function isSame(one: Stats, other: Stats | null): boolean {
  return other !== null && one.ino === other.ino && one.dev === other.dev && one.mtimeMs === other.mtimeMs;
}

/**
 * Makes the folder of the locks, with the owner, group and mode of the wiki's folder, for the wiki makes locks in it, too. It gets
 * its name last: who is killed on the way leaves no folder that the wiki cannot use.
 */
export function makeLocks(safe: string): void {
  const path = `${safe}/${LOCKS}`;
  const temporary = temporaryPath(path);
  mkdirSync(temporary, 0o700);
  try {
    closeAfter(openFile(temporary, FOLDER), (fd) => copyOwnership(fd, lstatSync(`${safe}/.`)));
    renameSync(temporary, path);
  } catch (error) {
    rmdirSync(temporary);
    // Another process was faster.
    if (!['ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) throw error;
  }
}
