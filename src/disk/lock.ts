import { closeSync, fstatSync, type Stats, statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { StoreError } from '../base/errors.js';
import { withRemedy } from './fault.js';
import { type KernelLocks, kernelLocks } from './kernel-locks.js';

/**
 * Kernel locks on single bytes of one file, shared by all processes that work on a folder. A lock dies with its
 * process, so none goes stale.
 *
 * A section is synchronous and is run in the very turn of the event loop in which its lock was taken: locks of
 * one open file do not exclude each other, but two sections of one process never overlap.
 */
export class LockFile {
  readonly #path: string;
  readonly #openFile: () => number;
  readonly #patience: number;
  #file: { fd: number; dev: number; ino: number } | null = null;

  /**
   * @param open opens the file at `path`, making it if need be; it is called at the first section
   * @param patience how long (ms) others may hold a lock before we give up: a holder needs less than a millisecond
   * @throws StoreError where `assertLocksHold` does
   */
  constructor(path: string, open: () => number, patience = 10_000) {
    assertLocksHold();
    this.#path = path;
    this.#openFile = open;
    this.#patience = patience;
  }

  /**
   * Runs `section` while no other process runs one for the same slot (an integer from 0), or for any of several.
   * @throws StoreError when the lock can't be had.
   */
  async exclusive<T>(slot: number | readonly number[], section: () => T): Promise<T> {
    const slots = typeof slot === 'number' ? [slot] : slot;
    const locks = await kernelLocks();
    for (let waited = 0, pause = 0; ; waited += pause, pause = Math.min(50, pause * 2 + 1)) {
      const fd = withRemedy(`cannot use the lock file ${this.#path}`, () => this.#take(locks, slots));
      if (fd !== null) {
        try {
          return section();
        } finally {
          release(locks, fd, slots);
        }
      }
      if (waited > this.#patience) throw this.#stuck();
      await wait(pause * (0.5 + Math.random()));
    }
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file.fd);
    this.#file = null;
  }

  /** The file with the locks taken; null if another has one. Nobody waits while he holds one: no deadlock. */
  #take(locks: KernelLocks, slots: readonly number[]): number | null {
    this.#file ??= opened(this.#openFile());
    const { fd } = this.#file;
    for (const [taken, slot] of slots.entries()) {
      if (locks.tryLock(fd, slot, 1)) continue;
      release(locks, fd, slots.slice(0, taken));
      return null;
    }
    if (this.#isInPlace()) return fd;
    release(locks, fd, slots);
    this.close();
    process.emitWarning(
      `the lock file ${this.#path} was removed or replaced while this process used it: if its folder was meant to go, restart the process; else restore what is missing`,
      { type: 'MoinSessionsWarning', code: 'MOIN_SESSIONS_STORE_REPLACED' },
    );
    return null;
  }

  /** Looked at with the lock taken: a lock on a file that was removed, or moved away with its folder, protects from nobody. */
  #isInPlace(): boolean {
    const there: Stats | undefined = statSync(this.#path, { throwIfNoEntry: false });
    return there !== undefined && there.ino === this.#file?.ino && there.dev === this.#file.dev;
  }

  #stuck(): StoreError {
    return new StoreError(
      `another process has held a lock in ${this.#path} for ${this.#patience / 1000} seconds: look for a stopped process with 'fuser ${this.#path}'`,
    );
  }
}

/**
 * Refuses runtimes that end the whole process at a lock, some at the first one (Deno), some only at the first that
 * another process holds (Bun 1.4): at the start, and not when the site is busy.
 * @throws StoreError with the remedy
 */
export function assertLocksHold(): void {
  const runtime = 'Deno' in globalThis ? 'Deno' : process.versions.bun === undefined ? null : 'Bun';
  if (runtime === null) return;
  throw new StoreError(
    `${runtime} aborts the process at the kernel locks of the file store and the user file: run this with Node, or bring a store and users of your own`,
  );
}

function release({ unlock }: KernelLocks, fd: number, slots: readonly number[]): void {
  for (const slot of slots) unlock(fd, slot, 1);
}

function opened(fd: number): { fd: number; dev: number; ino: number } {
  const { dev, ino } = fstatSync(fd);
  return { fd, dev, ino };
}
