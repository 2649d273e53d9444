import { MINUTE } from '../../base/clock.js';
import { UnreadableRecordError } from '../../base/errors.js';
import type { JsonObject } from '../../base/json.js';
import type { SessionRecord, SessionStore, Tombstone } from '../../store/contract.js';
import { tombstoneOf } from './ended.js';
import { type Emit, eventDetails } from './events.js';
import { mayUse, type SessionIdentity } from './identity.js';
import type { Lifetimes } from './lifetime.js';
import { type LimitOptions, LoginLimit } from './login-limit.js';
import { firstEnds, newRecord, renewed } from './record.js';
import { stateOf } from './state.js';

/** What stands in the store under a cookie's id. */
export type Found = { record: SessionRecord } | { record: null; unreadable: string | null };

export interface ManagerOptions extends LimitOptions {
  lifetimes: Lifetimes;
}

/** No request is under way for longer than this. */
const IN_FLIGHT = MINUTE;

/**
 * Finds, writes and ends one session. In a web server nobody writes sessions but this, `renewal.ts`, which puts them
 * under new tokens, and `limit`: every rule of when a record may be written stands in these three.
 */
export class SessionManager {
  readonly store: SessionStore;
  readonly lifetimes: Lifetimes;
  readonly emit: Emit;
  readonly limit: LoginLimit;
  /** The time in ms. */
  readonly now: () => number;

  constructor(options: ManagerOptions) {
    const { store, lifetimes, emit, clock } = options;
    this.store = store;
    this.lifetimes = lifetimes;
    this.emit = emit;
    this.limit = new LoginLimit(options);
    this.now = clock;
  }

  async find(id: string): Promise<Found> {
    try {
      const record = await this.store.find(id);
      return record === null ? { record, unreadable: null } : { record };
    } catch (error) {
      if (error instanceof UnreadableRecordError) return { record: null, unreadable: error.reason };
      throw error;
    }
  }

  /** What an earlier end left to be known of an id. */
  tombstone(id: string): Promise<Tombstone | null> {
    return this.store.tombstone(id);
  }

  /** Whether a session was ended so lately that nothing can be saved under its token (S2). */
  isGone(tombstone: Tombstone | null): boolean {
    return tombstone !== null && this.now() < tombstone.until;
  }

  /**
   * Whether a newer token took the place of this one within the last minute. Then the request ran beside that login
   * or rotation, and whatever its answer said about the cookie could undo what the other answer set.
   */
  justReplaced(tombstone: Tombstone | null): boolean {
    return tombstone?.reason === 'rotated' && this.now() < tombstone.at + IN_FLIGHT;
  }

  /** When the cookie of a token that has no record yet ends (ms). */
  firstCookieExpires(identity: SessionIdentity): number {
    return firstEnds(identity, this.lifetimes, { now: this.now() }).cookieExpires;
  }

  /** Writes the first record of a session. `gone` also where its user may have no more (S9, `onLimit: 'deny'`). */
  create(identity: SessionIdentity, data: JsonObject): Promise<SessionRecord | 'exists' | 'gone'> {
    const create = () => this.#create(identity, data);
    return identity.owner === null ? create() : this.limit.inTurn(identity.owner.id, create);
  }

  async #create(identity: SessionIdentity, data: JsonObject): Promise<SessionRecord | 'exists' | 'gone'> {
    const record = newRecord(identity, data, this.lifetimes, { now: this.now() });
    const outcome = await this.store.create(record);
    if (outcome !== 'created') return outcome;
    if (record.user !== null && !(await this.limit.makeRoom(record, undefined))) {
      await this.store.delete(record.id);
      return 'gone';
    }
    this.emit('created', eventDetails(record));
    return record;
  }

  /**
   * Edits a record and moves its ends along (S8). Null when it is gone, has expired, or belongs to somebody else
   * by now: then nothing is written (I2, S10). One that a user takes over from a visitor counts as theirs (S9).
   */
  async update(
    identity: SessionIdentity,
    edit: (data: JsonObject) => JsonObject,
  ): Promise<SessionRecord | null> {
    let isTakenOver = false;
    const record = await this.store.update(identity.id, (current) => {
      isTakenOver = current.user === null && identity.owner !== null;
      // The time at which it is our turn: somebody may have ended it while we waited.
      const now = this.now();
      if (stateOf(current, now) === 'expired' || !mayUse(identity, current)) return null;
      return { ...renewed(current, identity, this.lifetimes, now), data: edit(current.data) };
    });
    if (record !== null && isTakenOver) await this.limit.takeOver(record);
    return record;
  }

  /**
   * Removes a session for good: late saves are dropped, and its token finds nothing any more (I2). A record that cannot
   * be read stays (I4), and its token finds nothing even if it is repaired.
   */
  async end(id: string, reason: Tombstone['reason']): Promise<SessionRecord | null> {
    const tombstone = tombstoneOf(reason, this.now());
    const { record } = await this.store.delete(id, { tombstone, keepUnreadable: true });
    if (record !== null && reason !== 'rotated') this.emit('ended', { ...eventDetails(record), reason });
    return record;
  }

  /**
   * Logs out (S6). Where a login or rotation has just put newer tokens in the place of this one, the session under the
   * last of them ends: the answer with it may still be on its way to the browser that logs out.
   * @param userId whose that one must be; null for the user of the session itself
   */
  async logOut(id: string, userId: string | null): Promise<void> {
    const passed = new Set([id]);
    let ended = await this.end(id, 'logout');
    for (let last = id; ended === null; passed.add(last)) {
      const tombstone = await this.store.tombstone(last);
      const successor = this.justReplaced(tombstone) ? tombstone?.successor : undefined;
      if (successor === undefined || passed.has(successor)) return;
      last = successor;
      ended = await this.#endOf(last, userId);
    }
  }

  /** Ends a session, if it is this user's. */
  async #endOf(id: string, userId: string | null): Promise<SessionRecord | null> {
    const { record } = await this.find(id);
    if (userId !== null && record !== null && record.user?.id !== userId) return record;
    return this.end(id, 'logout');
  }
}
