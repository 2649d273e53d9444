import { closeSync, fstatSync, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { StoreError } from '../base/errors.js';
import { warn } from '../base/warn.js';
import { withRemedy } from './fault.js';
import { assertLocksHold, kernelLocks, loadedLocks } from './kernel-locks.js';
import type { KernelLocks } from './native-build.js';

interface OpenFile {
  fd: number;
  dev: number;
  ino: number;
}

/**
 * The longest pause (ms) before a taken lock is tried again. A kernel lock has no queue: who tries rarely waits longest while
 * others save all the time.
 */
const LONGEST_PAUSE = 5;

/**
 * Kernel locks on bytes of one file. All processes that work on a folder share the file. The kernel frees the
 * locks of a process that dies, so none goes stale.
 *
 * A section is synchronous, and runs in the same turn of the event loop in which its lock was taken. The kernel does not
 * exclude locks of one open file from each other, but two synchronous sections of one process never overlap. `during` alone
 * holds a lock over turns, on an open file of its own, so it excludes the sections of this process, too.
 */
export class LockFile {
  readonly #path: string;
  readonly #openFile: () => number;
  readonly #name: string;
  readonly #patience: number;
  #file: OpenFile | null = null;
  #isInSection = false;

  /**
   * @param open opens the file at `path`, or creates it; called at the first section, and for each `during`
   * @param name the file in messages. Default: its path
   * @param patience how long (ms) `exclusive` waits for a lock; a section takes less than a millisecond, `during` some. Default 10 s
   * @throws StoreError in a runtime that cannot lock (`assertLocksHold`)
   */
  constructor(
    path: string,
    open: () => number,
    { name = path, patience = 10_000 }: { name?: string; patience?: number } = {},
  ) {
    assertLocksHold();
    this.#path = path;
    this.#openFile = open;
    this.#name = name;
    this.#patience = patience;
  }

  /**
   * Runs `section` while nothing else has a lock on any of the same slots. A slot is the number of a byte, from 0.
   * @throws StoreError when another holder keeps a lock for longer than `patience`
   */
  async exclusive<T>(slot: number | readonly number[], section: () => T): Promise<T> {
    const slots = typeof slot === 'number' ? [slot] : slot;
    const locks = await kernelLocks();
    for (let waited = 0, pause = 0; ; waited += pause, pause = Math.min(LONGEST_PAUSE, pause * 2 + 1)) {
      const run = this.#attempt(locks, slots, section);
      if (run !== null) return run.result;
      if (waited > this.#patience) throw this.#stuck();
      await wait(pause * (0.5 + Math.random()));
    }
  }

  /**
   * Runs `section` in this turn of the event loop, or not at all: null when another process or a range has a lock, this process
   * is in another section, or the locks are not loaded yet. `exclusive` waits for all that.
   */
  attempt<T>(slot: number, section: () => T): { result: T } | null {
    const locks = loadedLocks();
    return locks === null || this.#isInSection ? null : this.#attempt(locks, [slot], section);
  }

  #attempt<T>(locks: KernelLocks, slots: readonly number[], section: () => T): { result: T } | null {
    const fd = withRemedy(`cannot use the lock file ${this.#name}`, () => this.#take(locks, slots));
    if (fd === null) return null;
    this.#isInSection = true;
    try {
      return { result: section() };
    } finally {
      this.#isInSection = false;
      release(locks, fd, slots);
    }
  }

  /**
   * Runs `work`, which may wait, while no section runs for a slot from `first` to `last`, in this process or another one: the
   * lock is on a file that is opened for this call. `exclusive` waits for it meanwhile. On macOS, where a lock takes the whole
   * file (`locksAreRanges`), all writers would wait: nothing calls this there.
   * @returns null, with nothing done, when one of the slots is taken
   */
  async during<T>(first: number, last: number, work: () => Promise<T>): Promise<T | null> {
    const locks = await kernelLocks();
    const doing = `cannot use the lock file ${this.#name}`;
    const file = withRemedy(doing, () => identified(this.#openFile()));
    try {
      const range = [first, last - first + 1] as const;
      const isTaken = withRemedy(doing, () => !locks.tryLock(file.fd, ...range) || !this.#isInPlace(file));
      return isTaken ? null : await work();
    } finally {
      // Closing the only descriptor of the open file ends its locks.
      closeSync(file.fd);
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file.fd);
    this.#file = null;
  }

  /** Takes all the locks and returns the file. When one is taken: holds none and returns null, so no deadlock. */
  #take(locks: KernelLocks, slots: readonly number[]): number | null {
    this.#file ??= identified(this.#openFile());
    const { fd } = this.#file;
    for (const [taken, slot] of slots.entries()) {
      if (locks.tryLock(fd, slot, 1)) continue;
      release(locks, fd, slots.slice(0, taken));
      return null;
    }
    if (this.#isInPlace(this.#file)) return fd;
    release(locks, fd, slots);
    this.close();
    warn(
      'MOIN_SESSIONS_STORE_REPLACED',
      `the lock file ${this.#name} was removed or replaced while this process used it: if you removed its folder on purpose, restart the process; else restore what is missing`,
    );
    return null;
  }

  /** Called with the locks held. A lock on a file that was removed, or moved with its folder, excludes no process. */
  #isInPlace({ dev, ino }: OpenFile): boolean {
    const current = statSync(this.#path, { throwIfNoEntry: false });
    return current !== undefined && current.ino === ino && current.dev === dev;
  }

  #stuck(): StoreError {
    return new StoreError(
      `another process has held a lock in ${this.#name} for ${this.#patience / 1000} seconds: look for a stopped process with 'fuser ${this.#name}'`,
    );
  }
}

function release({ unlock }: KernelLocks, fd: number, slots: readonly number[]): void {
  for (const slot of slots) unlock(fd, slot, 1);
}

function identified(fd: number): OpenFile {
  const { dev, ino } = fstatSync(fd);
  return { fd, dev, ino };
}
