import { lstatSync, readdirSync, rmdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../base/clock.js';
import { storeFault } from '../../disk/fault.js';
import { ifExists } from '../../disk/open.js';
import { WikiFolder } from '../files/folder.js';
import { isOver, isSame, LOCKS, makeFolder, makeLocks, takeAway } from './lock-folder.js';
import { sweepFolder } from './sweep.js';

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
 * MoinMoin's lock on a folder (docs/moinmoin.md, "What is written into the wiki's folder"): who makes the folder `__lock__/write_lock` has it, and removes that
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

  /** Removes a lock that no longer counts at `at` (ms), and what killed processes left here. Returns how many it removed. */
  sweep(at: number): number {
    const removed = ifExists(() =>
      this.#locks.inside((safe) => {
        const path = `${safe}/${WRITE_LOCK}`;
        const found = lstatSync(path);
        return isOver(found, at) && takeAway(path, found);
      }),
    );
    return (removed === true ? 1 : 0) + sweepFolder(this.#locks, at);
  }

  #attemptIn<T>(safe: string, section: (isHeld: IsHeld) => T): { result: T } | null {
    const path = `${safe}/${WRITE_LOCK}`;
    const own = this.#take(path);
    if (own === null) return null;
    const isHeld = () =>
      isSame(
        own,
        ifExists(() => lstatSync(path)),
      );
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
    if (other !== null && !(isOver(other, this.#clock()) && takeAway(path, other))) return null;
    return makeFolder(path);
  }

  #hasReaders(safe: string): boolean {
    return readdirSync(safe).some((name) => {
      const stats = name.startsWith(READ_LOCK) ? ifExists(() => lstatSync(`${safe}/${name}`)) : null;
      return stats !== null && !isOver(stats, this.#clock());
    });
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
