import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigurationError, StoreError } from '../base/errors.js';
import { bare } from '../base/own.js';
import { isUrl } from '../base/realm.js';
import { BULK, type BulkDeletion } from '../store/bulk.js';
import {
  assertSessionId,
  type DeleteOptions,
  type FindByUserOptions,
  type Removal,
  type ScanOptions,
  type SessionRecord,
  type SessionStore,
  type StoreEntry,
  type Tombstone,
} from '../store/contract.js';
import { GAPS } from '../store/gaps.js';
import { RETURNS, type ReturnWatch } from '../store/returns.js';
import { MOIN_STORE } from './brand.js';
import type { Layout } from './layout.js';
import { WikiGaps } from './read/gaps.js';
import { WikiReader } from './read/reader.js';
import { openWiki, type Wiki } from './read/wiki.js';
import type { WikiSecrets } from './secrets/secrets.js';
import { checkSettings, type WikiSettings } from './settings.js';
import type { WikiUsers } from './users/users.js';
import { WikiWriter } from './write/writer.js';

export interface MoinStoreOptions {
  /** Write nothing. Methods that would write throw a `StoreError`. Default false. */
  readOnly?: boolean;
}

interface OpenedWiki {
  wiki: Wiki;
  reader: WikiReader;
  /** Null until something is to be written. */
  writer: WikiWriter | null;
}

/**
 * The sessions of a MoinMoin wiki, 1.6 (April 2007) or 1.9, in its own format (spec 8): for `list`, `inspect`, `expire`, `purge`,
 * `copy` and the like. It takes no new sessions, so `createSessions` refuses it. See docs/moinmoin.md.
 */
export class MoinStore implements SessionStore {
  /** @internal */
  readonly [MOIN_STORE] = true;
  /** What `BULK` stands for: what wraps the methods of the prototype later is not passed by either. */
  static readonly #methods = { delete: MoinStore.prototype.delete };
  readonly location: string;
  readonly settings: WikiSettings;
  readonly #dir: string;
  readonly #readOnly: boolean;
  #opened: OpenedWiki | null = null;

  /**
   * Touches no file yet.
   * @param dir the wiki's folder `data`, the folder that holds it, or the folder of the sessions; relative to the working directory
   * @throws ConfigurationError for a wrong setting
   */
  constructor(dir: string | URL, settings: WikiSettings = {}, { readOnly = false }: MoinStoreOptions = {}) {
    this.#dir = resolve(isUrl(dir) ? fileURLToPath(dir) : dir);
    this.location = `moin:${this.#dir}`;
    this.settings = checkSettings(settings);
    this.#readOnly = readOnly;
  }

  /** @internal For `expire` and `purge`: see `WikiReturnWatch`. */
  get [RETURNS](): ReturnWatch {
    return { begin: () => this.#writer.watchReturns() };
  }

  /** @internal For `purge --expired`: see `WikiWriter.cleanUp`. */
  get [BULK](): BulkDeletion {
    return {
      standsFor: MoinStore.#methods,
      delete: (ids, when) => this.#writer.cleanUp(ids, when),
    };
  }

  /** @throws StoreError when there is no wiki, and says what was looked for */
  get layout(): Layout {
    return this.#wiki.layout;
  }

  /** The users of the wiki; null when its folder of users is not there. @throws StoreError when there is no wiki */
  get users(): WikiUsers | null {
    return this.#wiki.users;
  }

  /** The secrets of the users; null for 1.9. @throws StoreError when there is no wiki */
  get userSecrets(): WikiSecrets | null {
    return this.#wiki.secrets;
  }

  /** @internal For the command line. */
  get [GAPS](): unknown {
    const { wiki, reader } = this.#open();
    return new WikiGaps(wiki, reader);
  }

  /** @internal How many logins of 1.6 are of users whom the store cannot tell. */
  get unknownOwners(): number {
    return this.#wiki.secrets?.unknown() ?? 0;
  }

  /** Finds the wiki. @throws StoreError that says what was looked for */
  async open(): Promise<void> {
    this.#open();
  }

  /**
   * The path of the file of a session, absolute; null when there is none. For a login of 1.6 that has no file yet, the file of its user's
   * secrets. Bytes that are no UTF-8 become U+FFFD. The name of the file opens the session: it is a secret.
   */
  async reveal(id: string): Promise<string | null> {
    assertSessionId(id);
    return this.#reader.pathOf(id);
  }

  async find(id: string): Promise<SessionRecord | null> {
    assertSessionId(id);
    return this.#reader.find(id);
  }

  /** @throws ConfigurationError always */
  async create(_record: SessionRecord): Promise<never> {
    throw new ConfigurationError(
      `${this.location} is the folder of a MoinMoin wiki, which makes its sessions itself: name another store`,
    );
  }

  async update(
    id: string,
    change: (current: SessionRecord) => SessionRecord | null,
  ): Promise<SessionRecord | null> {
    assertSessionId(id);
    return this.#writer.update(id, change);
  }

  async delete(id: string, options: DeleteOptions = {}): Promise<Removal> {
    const own = bare(options);
    assertSessionId(id);
    return this.#writer.delete(id, own);
  }

  /** Null: a wiki remembers no session that ended. */
  async tombstone(id: string): Promise<Tombstone | null> {
    assertSessionId(id);
    return null;
  }

  scan(options: ScanOptions = {}): AsyncIterable<StoreEntry> {
    const { prefix = '' } = bare(options);
    return this.#reader.scan(prefix);
  }

  /** Reads every record: the expiry is in the file alone. */
  expiryCandidates(at: number): AsyncIterable<string> {
    return this.#reader.expired(at);
  }

  /** In 1.9 this reads every record, because no list of a user's sessions is kept. Gives past ones, too. */
  findByUser(userId: string, _options: FindByUserOptions = {}): AsyncIterable<StoreEntry> {
    return this.#reader.ofUser(userId);
  }

  async sweep(at: number): Promise<number> {
    return this.#writer.sweep(at);
  }

  async close(): Promise<void> {}

  get #wiki(): Wiki {
    return this.#open().wiki;
  }

  get #reader(): WikiReader {
    return this.#open().reader;
  }

  get #writer(): WikiWriter {
    if (this.#readOnly)
      throw new StoreError(
        `the wiki in ${this.#dir} was opened for reading only: open it without 'readOnly' to change it`,
      );
    const opened = this.#open();
    opened.writer ??= new WikiWriter(opened.wiki, opened.reader);
    return opened.writer;
  }

  #open(): OpenedWiki {
    if (this.#opened === null) {
      const wiki = openWiki(this.#dir, this.settings);
      this.#opened = { wiki, reader: new WikiReader(wiki), writer: null };
    }
    return this.#opened;
  }
}
