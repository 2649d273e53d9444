import { StoreError } from '../base/errors.js';
import type { DeleteOptions, Removal, SessionRecord } from '../store/contract.js';
import type { WikiReader } from './reader.js';
import type { Wiki } from './wiki.js';

/** Changes and removes the sessions of a wiki. */
export class WikiWriter {
  readonly #wiki: Wiki;
  readonly #reader: WikiReader;

  constructor(wiki: Wiki, reader: WikiReader) {
    this.#wiki = wiki;
    this.#reader = reader;
  }

  /** As `SessionStore.update`: what `change` may change is the expiry alone. */
  async update(
    id: string,
    change: (current: SessionRecord) => SessionRecord | null,
  ): Promise<SessionRecord | null> {
    throw this.#notYet(id, change);
  }

  async delete(id: string, options: DeleteOptions): Promise<Removal> {
    throw this.#notYet(id, options);
  }

  async sweep(at: number): Promise<number> {
    throw this.#notYet(at);
  }

  #notYet(...given: unknown[]): StoreError {
    return new StoreError(`cannot write to ${this.#wiki.sessionDir} yet (${given.length}, ${this.#reader})`);
  }
}
