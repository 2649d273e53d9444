import { lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '../base/clock.js';
import { errorCode } from '../base/errors.js';
import { storeFault } from '../disk/fault.js';
import { closeAfter, FOLDER, ifExists } from '../disk/open.js';
import { copyOwnership } from '../disk/ownership.js';
import { openFile } from '../disk/spare-files.js';
import { temporaryPath } from '../disk/temporary.js';
import { WikiFolder } from './folder.js';

/** Ms. MoinMoin takes a lock that is older for one that a killed process left, and removes it. */
export const LOCK_LIFETIME = 60_000;
/** The folder of the locks, in the folder that they are for. */
export const LOCKS = '__lock__';

const WRITE_LOCK = 'write_lock';
const READ_LOCK = 'read_lock_';

/** Whether the lock is still this process's. */
export type IsHeld = () => boolean;

export interface WikiLockOptions {
  /** Make the folder of the locks if it is missing. Without it, a missing one says that the wiki locks nothing here. */
  create: boolean;
  clock?: Clock | undefined;
}

/**
 * MoinMoin's lock on a folder (docs/moinmoin.md, "Locks"): who makes the folder `__lock__/write_lock` has it, and removes that
 * folder afterwards. Beside it lie the folders of readers, whom a writer waits for. A killed process leaves its lock, which counts
 * no longer once it is a minute old.
 */
export class WikiLock {
  readonly #folder: WikiFolder;
  readonly #locks: WikiFolder;
  readonly #create: boolean;
  readonly #clock: Clock;

  constructor(folder: WikiFolder, { create, clock = systemClock }: WikiLockOptions) {
    this.#folder = folder;
    this.#locks = new WikiFolder(join(folder.dir, LOCKS));
    this.#create = create;
    this.#clock = clock;
  }

  /** The folder of the locks, for messages. */
  get dir(): string {
    return this.#locks.dir;
  }

  /**
   * Runs `section` with the lock, or not at all: null when another process has it. The section is synchronous, so this process
   * has a lock for some milliseconds only.
   * @throws StoreError when the lock cannot be made
   */
  attempt<T>(section: (isHeld: IsHeld) => T): { result: T } | null {
    try {
      if (!this.#isInUse()) return { result: section(() => true) };
      return this.#locks.inside((safe) => this.#attemptIn(safe, section));
    } catch (error) {
      throw storeFault(error, `cannot use the lock folder ${this.dir}`, REMEDIES);
    }
  }

  /** Removes a lock that is too old to count. Returns how many it removed. */
  sweep(): number {
    const removed = ifExists(() =>
      this.#locks.inside((safe) => {
        const path = `${safe}/${WRITE_LOCK}`;
        const found = lstatSync(path);
        return this.#isOver(found) && takeAway(path, found);
      }),
    );
    return removed ? 1 : 0;
  }

  #attemptIn<T>(safe: string, section: (isHeld: IsHeld) => T): { result: T } | null {
    const path = `${safe}/${WRITE_LOCK}`;
    const own = this.#take(path);
    if (own === null) return null;
    const isHeld = () => isSame(own, ifExists(() => lstatSync(path)));
    try {
      return this.#hasReaders(safe) ? null : { result: section(isHeld) };
    } finally {
      // Another process's lock stays: it took this one for left over, because this process was stopped for a minute.
      if (isHeld()) rmdirSync(path);
    }
  }

  /** Makes the lock. Null when another process has it. */
  #take(path: string): Stats | null {
    const taken = makeFolder(path);
    if (taken !== null) return taken;
    const other = ifExists(() => lstatSync(path));
    if (other !== null && !(this.#isOver(other) && takeAway(path, other))) return null;
    return makeFolder(path);
  }

  #hasReaders(safe: string): boolean {
    return readdirSync(safe).some((name) => {
      const stats = name.startsWith(READ_LOCK) ? ifExists(() => lstatSync(`${safe}/${name}`)) : null;
      return stats !== null && !this.#isOver(stats);
    });
  }

  #isOver(lock: Stats): boolean {
    return lock.isDirectory() && lock.mtimeMs < this.#clock() - LOCK_LIFETIME;
  }

  #isInUse(): boolean {
    const isThere = this.#folder.statsOf(LOCKS) !== null;
    if (!isThere && this.#create) this.#folder.inside(makeLocks);
    return isThere || this.#create;
  }
}

const REMEDIES = {
  EACCES: 'permission denied: run as the user who owns the wiki',
  EPERM: 'not permitted: run as the user who owns the wiki',
  ENOTDIR: 'a file is where the folder of the locks should be: move it away',
  ELOOP: 'a symbolic link is where the folder of the locks should be: remove it',
  ENOTEMPTY: 'something is in it: remove it, unless a server of the wiki is at work',
};

/** The stats of the new folder; null when there is anything of this name. */
function makeFolder(path: string): Stats | null {
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
function takeAway(path: string, found: Stats): boolean {
  const aside = temporaryPath(path);
  if (ifExists(() => renameSync(path, aside)) === null) return true;
  const isFound = isSame(found, lstatSync(aside));
  if (isFound) rmdirSync(aside);
  else renameSync(aside, path);
  return isFound;
}

/** Whether these are stats of one folder, which was not removed and made anew. A rename changes its `ctime` alone. */
function isSame(one: Stats, other: Stats | null): boolean {
  return other !== null && one.ino === other.ino && one.dev === other.dev && one.mtimeMs === other.mtimeMs;
}

/**
 * Makes the folder of the locks, with the owner, group and mode of the wiki's folder, for the wiki makes locks in it, too. It gets
 * its name last: who is killed on the way leaves no folder that the wiki cannot use.
 */
function makeLocks(safe: string): void {
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
