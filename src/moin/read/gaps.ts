import type { Gap, StoreGaps } from '../../store/gaps.js';
import type { WikiReader } from './reader.js';
import type { Wiki } from './wiki.js';

/** What this process lacks the right to read in a wiki. Names no file: those of 1.9 open the sessions. */
export class WikiGaps implements StoreGaps {
  readonly place = 'wiki';
  readonly ownership = '';
  readonly isForeign = false;
  readonly isClosed = false;
  readonly removed: readonly string[] = [];
  readonly #wiki: Wiki;
  readonly #reader: WikiReader;

  constructor(wiki: Wiki, reader: WikiReader) {
    this.#wiki = wiki;
    this.#reader = reader;
  }

  get isTotal(): boolean {
    const { denied, of } = this.#reader.denied();
    return denied > 0 && denied === of;
  }

  /** A wiki is looked at by a command alone, and its reader keeps what it has met. */
  watch(): void {}

  has(id: string): boolean {
    return this.#reader.entries.denied.has(id);
  }

  /** In 1.6 the secrets alone say which sessions are a user's, and end them. */
  list(ofUser = false): Gap[] {
    const { denied, of } = this.#reader.denied();
    const secrets = this.#wiki.secrets?.deniedFiles().length ?? 0;
    return [
      // A look for one user's sessions does not count the others.
      {
        count: denied,
        of: of >= denied ? of : null,
        one: 'session file',
        many: 'session files',
        examples: [],
      },
      { count: secrets, of: null, one: 'file of secrets', many: 'files of secrets', examples: [] },
    ]
      .slice(ofUser && this.#wiki.secrets !== null ? 1 : 0)
      .filter(({ count }) => count > 0);
  }
}
