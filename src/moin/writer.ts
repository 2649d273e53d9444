import { ConfigurationError, StoreError, UnreadableRecordError } from '../base/errors.js';
import { isDiskFull, storeFault } from '../disk/fault.js';
import type { DeleteOptions, Removal, SessionRecord } from '../store/contract.js';
import { withExpiry } from './expired-pickle.js';
import { findSession, type FoundSession } from './found-session.js';
import { WikiFolder } from './folder.js';
import { type IsHeld, WikiLock } from './lock.js';
import { withLocks } from './locked.js';
import type { WikiReader } from './reader.js';
import { ChangedMeanwhile, removeFile, Replacement } from './replacement.js';
import { withoutSecret } from './secret-removal.js';
import type { SecretOwner } from './secrets.js';
import { sweepFolder } from './sweep.js';
import type { Wiki } from './wiki.js';

export interface WikiWriterOptions {
  /** How long (ms) a change waits for a lock of the wiki. */
  patience?: number | undefined;
}

/** How often to look again at a session that the wiki writes meanwhile. */
const ATTEMPTS = 20;

/** Ends and removes the sessions of a wiki, so that the MoinMoin of that wiki reads on what is left. */
export class WikiWriter {
  readonly #wiki: Wiki;
  readonly #reader: WikiReader;
  readonly #patience: number | undefined;
  /** The folder of the secrets (1.6). */
  readonly #secrets: WikiFolder | null;
  readonly #sessionLock: WikiLock | null;
  readonly #secretsLock: WikiLock | null;

  constructor(wiki: Wiki, reader: WikiReader, { patience }: WikiWriterOptions = {}) {
    this.#wiki = wiki;
    this.#reader = reader;
    this.#patience = patience;
    this.#secrets = wiki.secretsDir === null ? null : new WikiFolder(wiki.secretsDir);
    this.#secretsLock = this.#secrets && new WikiLock(this.#secrets, { create: true });
    // MoinMoin 1.9 has no locks. Only some versions of 1.6 lock the sessions.
    this.#sessionLock = this.#secrets && new WikiLock(wiki.sessions, { create: false });
  }

  /**
   * Ends a session, if that is what `change` asks for: with 1.9 its expiry is past then, with 1.6 its secret is gone, and a visitor's
   * session is removed, for MoinMoin 1.6 never looks at its expiry. The file of a user stays for the purge.
   * @throws ConfigurationError for any other change
   */
  update(
    id: string,
    change: (current: SessionRecord) => SessionRecord | null,
  ): Promise<SessionRecord | null> {
    return this.#changing(id, null, (found, isHeld) => {
      const { record } = found;
      if (record === null) throw new UnreadableRecordError(id, found.unreadable);
      const next = change(record);
      if (next === null) return null;
      this.#end(found, endOf(record, next, this.#wiki.sessionDir), isHeld);
      return { ...next, revision: record.revision + 1 };
    });
  }

  /** As `SessionStore.delete`. A wiki keeps no tombstones. With 1.6 the secret goes with the session. */
  delete(id: string, { when, keepUnreadable = false }: DeleteOptions): Promise<Removal> {
    const absent: Removal = { removed: false, record: null, bytes: 0 };
    return this.#changing(id, absent, (found, isHeld) => {
      const { record, stats } = found;
      const bytes = stats?.isFile() ? stats.size : 0;
      const isMeant = record === null ? when === undefined && !keepUnreadable : (when?.(record) ?? true);
      if (isMeant) this.#remove(found, isHeld);
      return { removed: isMeant, record, bytes };
    });
  }

  async sweep(at: number): Promise<number> {
    const folders = [this.#wiki.sessions, ...(this.#secrets === null ? [] : [this.#secrets])];
    return this.#writing(
      () =>
        folders.reduce((removed, folder) => removed + sweepFolder(folder, at), 0) +
        (this.#sessionLock?.sweep() ?? 0) +
        (this.#secretsLock?.sweep() ?? 0),
    );
  }

  /** Passes a session to `work`, under the locks that its change takes, and again if the wiki changes it meanwhile. */
  async #changing<T>(id: string, absent: T, work: (found: FoundSession, isHeld: IsHeld) => T): Promise<T> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const first = this.#look(id);
      if (first === null) return absent;
      const isUsers = first.owner !== null;
      const result = await withLocks(
        this.#locks(isUsers),
        (isHeld) => this.#attempt(id, absent, isUsers, (found) => work(found, isHeld)),
        this.#patience,
      );
      if (result !== null) return result.value;
    }
    throw new StoreError(`the wiki writes session ${id} all the time: try again`);
  }

  /** Null when the session was changed meanwhile, or needs another lock by now. */
  #attempt<T>(
    id: string,
    absent: T,
    isUsers: boolean,
    work: (found: FoundSession) => T,
  ): { value: T } | null {
    const found = this.#look(id);
    if (found === null) return { value: absent };
    if ((found.owner !== null) !== isUsers) return null;
    try {
      return { value: this.#writing(() => work(found)) };
    } catch (error) {
      if (error instanceof ChangedMeanwhile) return null;
      throw error;
    }
  }

  #locks(isUsers: boolean): WikiLock[] {
    return [this.#sessionLock, isUsers ? this.#secretsLock : null].filter((lock) => lock !== null);
  }

  #look(id: string): FoundSession | null {
    return this.#writing(() => findSession(this.#wiki, this.#reader, id));
  }

  #end(found: FoundSession, expires: number, isHeld: IsHeld): void {
    const { id, name, file, stats, owner } = found;
    if (this.#wiki.layout === '1.6' && owner === null) return this.#remove(found, isHeld);
    const ended =
      file &&
      new Replacement(this.#wiki.sessions, file, {
        bytes: withExpiry(file.bytes, expires),
        label: id,
        mtime: file.stats.mtimeMs,
      });
    try {
      // The secret first: it is what keeps the user logged in.
      if (owner !== null) this.#removeSecret(found, owner, isHeld);
      ended?.commit();
    } finally {
      ended?.discard();
    }
  }

  #remove(found: FoundSession, isHeld: IsHeld): void {
    const { name, stats, owner } = found;
    const removeSession = () => stats !== null && removeFile(this.#wiki.sessions, name, stats);
    if (owner === null) return void removeSession();
    try {
      this.#removeSecret(found, owner, isHeld);
    } catch (error) {
      if (!isDiskFull(storeFault(error, ''))) throw error;
      // The file of the session makes room for the one of the secrets.
      removeSession();
      return this.#removeSecret({ ...found, stats: null }, owner, isHeld);
    }
    removeSession();
  }
}
