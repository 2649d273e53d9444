import { errorCode } from '../base/errors.js';
import { isWayOfRoot } from './root-links.js';
import { folderForRoot, opensPartByPart, type SafeFolder } from './safe-folder.js';

/** A path at which there is never anything. */
const NOWHERE = '/proc/self/fd/none';

/**
 * The folder of a store, opened for root: whoever may change the way to it could else swap it for a link between a look at the way
 * and the work.
 */
export class RootsHold {
  readonly #folder: string;
  #open: SafeFolder | null = null;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Null where none is needed, which saves the time: for other users than root, and where root alone can change the way. */
  static of(folder: string): RootsHold | null {
    return opensPartByPart() && !isWayOfRoot(folder) ? new RootsHold(folder) : null;
  }

  /** A path to the folder, which is opened at the first call that finds it. @throws StoreError when a link of another user leads to it */
  path(): string {
    try {
      this.#open ??= folderForRoot(this.#folder, { work: 'write' });
      return this.#open.path;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return NOWHERE;
      throw error;
    }
  }

  /** Makes the folder, and the missing ones above it. */
  make(): void {
    this.#open ??= folderForRoot(this.#folder, { work: 'write', create: true });
  }

  close(): void {
    this.#open?.close();
    this.#open = null;
  }
}
