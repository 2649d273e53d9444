import { MoinSessionsError, type UnreadableRecordError } from '../../base/errors.js';
import { Slice } from '../../base/slice.js';
import type { SettledRemoval } from '../../store/bulk.js';
import type { DeleteOptions, Removal, SessionRecord } from '../../store/contract.js';
import { unreadableError } from '../../store/denied.js';
import { DENIED, WikiFolder } from '../files/folder.js';
import { sweepFolder } from '../lock/sweep.js';
import { sizeOf } from '../read/entries.js';
import type { WikiReader } from '../read/reader.js';
import { opensForEver } from '../read/record.js';
import type { Wiki } from '../read/wiki.js';
import { WikiChanges } from './changes.js';
import { endOf } from './ending.js';
import type { FoundSession } from './found-session.js';
import { changingWiki, LockedSessions } from './locked-sessions.js';
import { WikiReturnWatch } from './return-watch.js';

export interface WikiWriterOptions {
  /** How long (ms) a change waits for a lock of the wiki. */
  patience?: number | undefined;
}

interface RemoveOptions {
  when?: DeleteOptions['when'] | undefined;
  keepUnreadable?: boolean | undefined;
  /** Default false. */
  keepLogins?: boolean;
}

/** What MoinMoin 1.6 makes as a secret, or as the name of a visitor's session. */
const SECRET = /^[\w-]{16,32}$/;

/** Ends and removes the sessions of a wiki, so that the MoinMoin of that wiki reads on what is left. */
export class WikiWriter {
  readonly #wiki: Wiki;
  /** The folder of the secrets (1.6). */
  readonly #secrets: WikiFolder | null;
  readonly #locked: LockedSessions;
  readonly #changes: WikiChanges;
  readonly #watches = new Set<WikiReturnWatch>();

  constructor(wiki: Wiki, reader: WikiReader, { patience }: WikiWriterOptions = {}) {
    this.#wiki = wiki;
    this.#secrets = wiki.secretsDir === null ? null : new WikiFolder(wiki.secretsDir);
    this.#changes = new WikiChanges(wiki.sessions, this.#secrets);
    this.#locked = new LockedSessions({ wiki, reader, secrets: this.#secrets, patience });
  }

  /** Begins to remember what is ended and removed, to look at it again. */
  watchReturns(): WikiReturnWatch {
    const watch = new WikiReturnWatch(this.#wiki, () => this.#watches.delete(watch));
    this.#watches.add(watch);
    return watch;
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
    return this.#locked.change(id, null, (found, isHeld) => {
      const { record } = found;
      if (record === null) throw errorOf(found);
      const next = change(record);
      if (next === null) return null;
      this.#assertKnown(found);
      const expires = endOf(record, next, this.#wiki.sessionDir);
      const isLeft = this.#changes.end(found, expires, isHeld);
      this.#remember(found, isLeft ? expires * 1000 : null);
      return { ...next, revision: record.revision + 1 };
    });
  }

  /** As `SessionStore.delete`. A wiki keeps no tombstones. With 1.6 the secret goes with the session. */
  delete(id: string, { when, keepUnreadable }: DeleteOptions): Promise<Removal> {
    return this.#remove(id, { when, keepUnreadable });
  }

  #remove(id: string, { when, keepUnreadable = false, keepLogins = false }: RemoveOptions): Promise<Removal> {
    const absent: Removal = { removed: false, record: null, bytes: 0 };
    return this.#locked.change(id, absent, (found, isHeld) => {
      const { record } = found;
      const bytes = sizeOf(found.stats);
      if (when !== undefined && record === null && found.unreadable === DENIED) throw errorOf(found);
      const isMeant = record === null ? when === undefined && !keepUnreadable : (when?.(record) ?? true);
      if (isMeant) {
        const isKept = keepLogins && this.#secrets !== null && record !== null && opensForEver(record);
        this.#changes.remove(isKept ? { ...found, owner: null } : found, isHeld);
        this.#remember(found, null);
      }
      return { removed: isMeant, record, bytes };
    });
  }

  /**
   * The removals of a clean-up: as `delete` with `when`. But a login of 1.6 whose cookie may still be good keeps its secret, and loses its
   * file alone, as with MoinMoin's own clean-up.
   */
  async cleanUp(
    ids: readonly string[],
    when: (current: SessionRecord) => boolean,
  ): Promise<SettledRemoval[]> {
    const slice = new Slice();
    const removals: SettledRemoval[] = [];
    for (const id of ids) {
      removals.push(
        await this.#remove(id, { when, keepLogins: true }).catch((error: unknown) => ({ error })),
      );
      if (slice.isOver()) await slice.next();
    }
    return removals;
  }

  async sweep(at: number): Promise<number> {
    const folders = [this.#wiki.sessions, ...(this.#secrets === null ? [] : [this.#secrets])];
    return changingWiki(
      this.#wiki,
      () =>
        folders.reduce((removed, folder) => removed + sweepFolder(folder, at), 0) + this.#locked.sweep(at),
    );
  }

  #remember(found: FoundSession, expires: number | null): void {
    for (const watch of this.#watches)
      watch.remember(found.id, { name: found.name, bytes: sizeOf(found.stats), expires });
  }

  /** @throws MoinSessionsError when nobody can tell whether a session is a visitor's: its secret may be where it cannot be read */
  #assertKnown({ id, name, owner }: FoundSession): void {
    const path = this.#wiki.secrets?.unreadableFile() ?? null;
    if (path === null || owner !== null || !SECRET.test(name)) return;
    // No fault of the store: other sessions can be ended.
    throw new MoinSessionsError(
      `session ${id} may be that of a user whose secrets in ${path} cannot be read, so it stays as it is: mend or remove that file, or purge the session by its id`,
    );
  }
}

function errorOf({ id, unreadable }: FoundSession): UnreadableRecordError {
  return unreadableError({
    id,
    bytes: 0,
    record: null,
    unreadable,
    ...(unreadable === DENIED && { denied: true }),
  });
}
