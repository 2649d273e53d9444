import type { SessionRecord, StoreEntry } from '../store/contract.js';
import type { FileName } from './names.js';
import type { SessionFile, Wiki } from './wiki.js';

/** Reads the sessions of a wiki. */
export class WikiReader {
  readonly #wiki: Wiki;

  constructor(wiki: Wiki) {
    this.#wiki = wiki;
  }

  /** The name of the file of this session; null when there is none. Reads the folder anew only if it has changed. */
  nameOf(id: string): FileName | null {
    throw this.#notYet(id);
  }

  /** The file of this name; null when it does not exist or is a folder. @throws a system error (ELOOP, ENXIO, EACCES, EFBIG, …) */
  file(name: FileName): SessionFile | null {
    throw this.#notYet(name);
  }

  /** The session in the file of this name, readable or not; null when there is no file. */
  entry(id: string, name: FileName): StoreEntry | null {
    throw this.#notYet(id, name);
  }

  /** The session of this id; null when there is none. @throws UnreadableRecordError, StoreError */
  find(id: string): SessionRecord | null {
    throw this.#notYet(id);
  }

  scan(prefix: string): AsyncIterable<StoreEntry> {
    throw this.#notYet(prefix);
  }

  #notYet(...given: unknown[]): Error {
    return new Error(`not written yet: ${given.length} ${this.#wiki.sessionDir}`);
  }
}
