import { type FileStamp, isSameStamp, isSettled } from '../../disk/stamp.js';
import type { WikiFolder } from '../files/folder.js';
import { type FileName, idOfName } from '../files/names.js';
import { Renewal } from '../files/renewal.js';

/** The names of the session files by id. An id is a digest, so only a list of all names tells which file it is. */
export class NameIndex {
  readonly #folder: WikiFolder;
  readonly #isSession: (name: FileName) => boolean;
  readonly #renewal = new Renewal();
  #names: ReadonlyMap<string, FileName> = new Map();
  #ids: ReadonlyMap<FileName, string> = new Map();
  /** Of the folder when it was listed; null if it may have changed since within one tick. */
  #stamp: FileStamp | null = null;

  constructor(folder: WikiFolder, isSession: (name: FileName) => boolean) {
    this.#folder = folder;
    this.#isSession = isSession;
  }

  /** The name of the file of this id; null when there is none. A new file of a large folder is seen a second later. */
  nameOf(id: string): FileName | null {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    this.#renewal.run(() => {
      this.#renew();
      return this.#names.size;
    });
    return this.#names.get(id) ?? null;
  }

  /** Whether there was a file of this name when the folder was last listed. */
  has(name: FileName): boolean {
    return this.#ids.has(name);
  }

  /** How many there were when the folder was last listed. */
  get size(): number {
    return this.#names.size;
  }

  /** All ids and names, as they are now. */
  all(): ReadonlyMap<string, FileName> {
    this.#renew();
    return this.#names;
  }

  #renew(): void {
    const now = Date.now();
    const stats = this.#folder.stats();
    if (stats !== null && this.#stamp !== null && isSameStamp(this.#stamp, stats)) return;
    const names = new Map<string, FileName>();
    const ids = new Map<FileName, string>();
    for (const name of this.#folder.names()) {
      if (!this.#isSession(name)) continue;
      const id = this.#ids.get(name) ?? idOfName(name);
      names.set(id, name);
      ids.set(name, id);
    }
    this.#names = names;
    this.#ids = ids;
    this.#stamp = stats !== null && isSettled(stats, now) ? stats : null;
  }
}
