import { type Clock, MINUTE } from '../clock.js';
import { UnreadableRecordError } from '../errors.js';
import type { JsonObject } from '../json.js';
import type { SessionOwner, SessionRecord, SessionStore, Trace } from '../store/contract.js';
import type { CookieKind } from './cookie.js';
import type { Emit } from './events.js';
import { stateOf } from './info.js';
import { GRACE, type Lifetimes } from './lifetime.js';
import { applyChanges, type Changes } from './values.js';

/** Who holds a session at this request, and by which cookie. */
export interface Holder {
  readonly token: string;
  readonly id: string;
  readonly cookieKind: CookieKind;
  /** Null for an anonymous visitor. */
  readonly owner: SessionOwner | null;
  readonly remember: boolean;
}

/** What a new record replaces, as it was loaded; revision 0 when there was none yet. */
export type Replaced = Pick<SessionRecord, 'id' | 'revision' | 'data'>;

/** What stands in the store under a cookie's id. */
export type Found = { record: SessionRecord } | { record: null; unreadable: string | null };

export interface ManagerOptions {
  store: SessionStore;
  clock: Clock;
  lifetimes: Lifetimes;
  /** Logins per user (S9). */
  maxSessionsPerUser: number;
  onLimit: 'evict' | 'deny';
  emit: Emit;
}

/** No request is under way for longer than this. */
const IN_FLIGHT = MINUTE;

/** The only writer of sessions in a web server: every rule of when a record may be written stands here. */
export class SessionManager {
  readonly #options: ManagerOptions;

  constructor(options: ManagerOptions) {
    this.#options = options;
  }

  get lifetimes(): Lifetimes {
    return this.#options.lifetimes;
  }

  get emit(): Emit {
    return this.#options.emit;
  }

  get maxSessionsPerUser(): number {
    return this.#options.maxSessionsPerUser;
  }

  now(): number {
    return this.#options.clock();
  }

  async find(id: string): Promise<Found> {
    try {
      const record = await this.#options.store.find(id);
      return record === null ? { record, unreadable: null } : { record };
    } catch (error) {
      if (error instanceof UnreadableRecordError) return { record: null, unreadable: error.reason };
      throw error;
    }
  }

  /** What an earlier end left to be known of an id. */
  trace(id: string): Promise<Trace | null> {
    return this.#options.store.trace(id);
  }

  /**
   * What ended a session for good, so that nothing can be saved under its token (S2). Null for an end of the last
   * minute: this request ran beside the one that ended it, and whose answer may bring the browser a new cookie.
   */
  async spent(id: string): Promise<Trace | null> {
    const trace = await this.trace(id);
    const now = this.now();
    return trace !== null && now >= trace.at + IN_FLIGHT && now < trace.until ? trace : null;
  }

  /**
   * Whether a newer token took the place of this one within the last minute. Then the request ran beside that login
   * or rotation, and whatever its answer said about the cookie could undo what the other answer set.
   */
  justReplaced(trace: Trace | null): boolean {
    return trace?.reason === 'rotated' && this.now() < trace.at + IN_FLIGHT;
  }

  /** Writes the first record of a session. */
  async create(holder: Holder, data: JsonObject): Promise<SessionRecord | 'exists' | 'spent'> {
    const record = this.#draft(holder, data);
    const outcome = await this.#options.store.create(record);
    if (outcome !== 'created') return outcome;
    this.#tell('created', record);
    return record;
  }

  /**
   * Edits a record and moves its ends along (S8). Null when it is gone, has expired, or belongs to somebody else
   * by now: then nothing is written (I2, S10).
   */
  update(holder: Holder, edit: (data: JsonObject) => JsonObject): Promise<SessionRecord | null> {
    return this.#options.store.update(holder.id, (current) => {
      // The time at which it is our turn: somebody may have ended it while we waited.
      const now = this.now();
      if (stateOf(current, now) === 'expired' || !mayHold(holder, current)) return null;
      return { ...current, ...this.#refreshed(current, holder, now), data: edit(current.data) };
    });
  }

  /**
   * Writes the session of a login (S4). The sessions that it replaces or ends go last, so that a login that is refused
   * or fails on the way leaves what was there.
   * @param ended the id of another user's session
   * @returns the record, or null when the user may have no more (S9, `onLimit: 'deny'`)
   */
  async logIn(
    holder: Holder,
    { from, ended }: { from: Replaced | null; ended: string | null },
    changes: Changes,
  ): Promise<SessionRecord | null> {
    const record = this.#draft(holder, applyChanges(from?.data ?? {}, changes));
    return this.#beside(record, async () => {
      if (!(await this.#withinLimit(record, from?.id))) return null;
      const moved = from && (await this.#retire(from, record, holder, changes));
      if (ended !== null) await this.end(ended, 'logout');
      if (moved === null) this.#tell('created', record);
      return moved ?? record;
    });
  }

  /**
   * Puts a session under a new token.
   * @param from the old record as it was loaded
   * @returns the new record, or null when the old one was ended meanwhile, or taken over by somebody else
   */
  async rotate(from: SessionRecord, holder: Holder, changes: Changes): Promise<SessionRecord | null> {
    const record = this.#draft(holder, applyChanges(from.data, changes), from.created);
    return this.#beside(record, () => this.#retire(from, record, holder, changes));
  }

  /** Writes a record beside the one it replaces, and removes it again if the rest fails or comes to nothing. */
  async #beside<T>(record: SessionRecord, rest: () => Promise<T | null>): Promise<T | null> {
    const { store } = this.#options;
    try {
      await store.create(record);
      const result = await rest();
      if (result !== null) return result;
    } catch (error) {
      await store.delete(record.id).catch(() => {});
      throw error;
    }
    await store.delete(record.id);
    return null;
  }

  /** Removes what `record` replaces; what others saved in it meanwhile comes along. Null if there was nothing to remove. */
  async #retire(
    from: Replaced,
    record: SessionRecord,
    holder: Holder,
    changes: Changes,
  ): Promise<SessionRecord | null> {
    const { store } = this.#options;
    const removal = await store.delete(from.id, {
      when: (current) => stateOf(current, this.now()) !== 'expired' && mayHold(holder, current),
      trace: this.#spent('rotated'),
    });
    if (!removal.removed) return null;
    this.emit('rotated', { ...told(record), from: from.id });
    const later = removal.record;
    if (later === null || later.revision === from.revision) return record;
    const merge = (current: SessionRecord) => ({ ...current, data: applyChanges(later.data, changes) });
    return (await store.update(record.id, merge)) ?? record;
  }

  /** Removes a session for good: late saves are dropped, and its token finds nothing any more (I2). */
  async end(id: string, reason: Trace['reason']): Promise<SessionRecord | null> {
    const { record } = await this.#options.store.delete(id, { trace: this.#spent(reason) });
    if (record !== null && reason !== 'rotated') this.#tell('ended', record, reason);
    return record;
  }

  /** The user's sessions that could be used now, the one not seen longest first. */
  async loginsOf(userId: string): Promise<SessionRecord[]> {
    const now = this.now();
    const logins: SessionRecord[] = [];
    for await (const { record } of this.#options.store.findByUser(userId)) {
      if (record !== null && stateOf(record, now) === 'active') logins.push(record);
    }
    return logins.sort((a, b) => a.seen - b.seen || a.created - b.created || (a.id < b.id ? -1 : 1));
  }

  /** True when a new login of this user, in place of the session `replaced`, is to be refused (S9, `onLimit: 'deny'`). */
  async loginDenied(userId: string, replaced: string | undefined): Promise<boolean> {
    if (this.#options.onLimit !== 'deny') return false;
    const others = (await this.loginsOf(userId)).filter(({ id }) => id !== replaced);
    return others.length >= this.maxSessionsPerUser;
  }

  /**
   * Ends what is over the limit for a new login (S9), which counts in place of the session `replaced`. Where two
   * logins came at once and `deny` is set, false: the new one has to go.
   */
  async #withinLimit({ id: newId, user }: SessionRecord, replaced: string | undefined): Promise<boolean> {
    const logins = await this.loginsOf((user as SessionOwner).id);
    const others = logins.filter(({ id }) => id !== newId && id !== replaced);
    const surplus = others.length + 1 - this.maxSessionsPerUser;
    if (surplus <= 0) return true;
    if (this.#options.onLimit === 'deny') return false;
    for (const { id } of others.slice(0, surplus)) await this.#evict(id);
    return true;
  }

  async #evict(id: string): Promise<void> {
    const evicted = await this.#options.store.update(id, (current) => {
      const now = this.now();
      return stateOf(current, now) === 'expired' ? null : endedRecord(current, now, 'limit');
    });
    if (evicted !== null) this.#tell('ended', evicted, 'limit');
  }

  #draft(holder: Holder, data: JsonObject, created = this.now()): SessionRecord {
    const now = this.now();
    const { id, owner, remember } = holder;
    const kind = owner === null ? 'anonymous' : 'user';
    const ends = this.lifetimes.ends({ kind, remember, created }, now);
    return {
      version: 1,
      id,
      kind,
      user: owner,
      created,
      seen: now,
      ...ends,
      revision: 1,
      remember,
      ended: null,
      data,
    };
  }

  /** The parts of a record that every write renews. Ends that `maxLifetime` has passed stay where they are. */
  #refreshed(current: SessionRecord, { owner }: Holder, now: number): Partial<SessionRecord> {
    const kind = owner === null ? 'anonymous' : 'user';
    const ends = this.lifetimes.ends({ ...current, kind }, now);
    return { kind, user: owner, seen: now, ...(ends.cookieExpires > now ? ends : {}) };
  }

  #spent(reason: Trace['reason']): Trace {
    const at = this.now();
    return { reason, at, until: at + GRACE };
  }

  #tell(event: 'created' | 'ended', record: SessionRecord, reason?: string): void {
    this.emit(event, { ...told(record), ...(reason !== undefined && { reason }) });
  }
}

/** What events tell of a record. */
export function told(record: SessionRecord): { id: string; kind: SessionRecord['kind']; user?: string } {
  const { id, kind, user } = record;
  return user === null ? { id, kind } : { id, kind, user: user.name };
}

/** The record as `expire` leaves it: over at once, and left for the purge; the ends keep their distance. */
export function endedRecord(
  record: SessionRecord,
  now: number,
  by: NonNullable<SessionRecord['ended']>['by'],
): SessionRecord {
  return { ...record, cookieExpires: now - GRACE, expires: now, ended: { at: now, by } };
}

/** Nobody else's: the holder's own, or an anonymous one that a user takes over (S7, S10). */
function mayHold({ owner }: Holder, { user }: SessionRecord): boolean {
  return user === null || user.id === owner?.id;
}
