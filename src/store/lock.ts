import { closeSync, fstatSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { errorCode, StoreError } from '../errors.js';
import { storeFault } from './fault.js';

/** How long a lock may be held by others before we give up: a holder needs less than a millisecond. */
const PATIENCE = 10_000;

/**
 * Kernel locks on single bytes of one file, shared by all processes that work on a folder. A lock dies with its
 * process, so none goes stale.
 *
 * A section is synchronous and is run in the very turn of the event loop in which its lock was taken: locks of
 * one open file do not exclude each other, but two sections of one process never overlap.
 */
export class LockFile {
  readonly #path: string;
  #fd: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Runs `section` while no other process runs one for the same `slot` (0 to 2^48 - 1).
   * @throws StoreError when the lock can't be had.
   */
  async exclusive<T>(slot: number, section: () => T): Promise<T> {
    const { tryLock, unlock } = await kernelLocks();
    for (let waited = 0, pause = 0; ; waited += pause, pause = Math.min(50, pause * 2 + 1)) {
      const fd = this.#open();
      if (tryLock(fd, slot, 1)) {
        try {
          return section();
        } finally {
          unlock(fd, slot, 1);
        }
      }
      if (waited > PATIENCE) throw this.#stuck();
      await wait(pause * (0.5 + Math.random()));
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  /** The lock file, opened anew if somebody removed it: locks on a removed file protect from nobody. */
  #open(): number {
    if (this.#fd !== null && fstatSync(this.#fd).nlink > 0) return this.#fd;
    this.close();
    try {
      this.#fd = openOrMake(this.#path);
    } catch (error) {
      throw storeFault(error, `cannot open the lock file ${this.#path}`);
    }
    return this.#fd;
  }

  #stuck(): StoreError {
    return new StoreError(
      `another process has held a lock in ${this.#path} for ${PATIENCE / 1000} seconds: look for a stopped process with 'fuser ${this.#path}'`,
    );
  }
}

function openOrMake(path: string): number {
  try {
    return openSync(path, 'a+', 0o600);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, 'a+', 0o600);
  }
}

type KernelLocks = typeof import('fs-native-extensions');
let loaded: KernelLocks | null = null;

/** The native module, loaded at the first write: reading works without it. */
async function kernelLocks(): Promise<KernelLocks> {
  if (loaded !== null) return loaded;
  try {
    const module = await import('fs-native-extensions');
    loaded = 'default' in module ? (module.default as KernelLocks) : module;
    return loaded;
  } catch (error) {
    throw new StoreError(
      `the file store cannot lock files on ${process.platform}-${process.arch}: fs-native-extensions did not load; use a Redis store, or a system that this module has a build for`,
      { cause: error },
    );
  }
}
