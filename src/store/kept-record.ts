import { UnreadableRecordError } from '../base/errors.js';
import { frozen } from '../base/frozen.js';
import type { SessionRecord, StoreEntry } from './contract.js';
import { parseRecord } from './record.js';

/** A record in memory: the text that a file would hold, and the record in it. */
export class KeptRecord {
  readonly #id: string;
  readonly #text: string;
  /** Frozen; null until somebody asks for it. */
  #shared: SessionRecord | null;

  /** @param record what `parseRecord` gives of the text, if it is known; it is frozen here */
  constructor(id: string, text: string, record: SessionRecord | null) {
    this.#id = id;
    this.#text = text;
    this.#shared = frozen(record);
  }

  /** The record, frozen: the same object for all. @throws UnreadableRecordError */
  get shared(): SessionRecord {
    this.#shared ??= frozen(this.copy());
    return this.#shared;
  }

  /** @throws UnreadableRecordError */
  copy(): SessionRecord {
    return parseRecord(this.#id, this.#text);
  }

  entry(): StoreEntry {
    const bytes = Buffer.byteLength(this.#text);
    try {
      return { id: this.#id, bytes, record: this.copy() };
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
      return { id: this.#id, bytes, record: null, unreadable: error.reason };
    }
  }
}
