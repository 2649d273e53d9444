import type { Clock } from '../../base/clock.js';
import { SerialQueue } from '../../base/serial-queue.js';
import type { SessionOwner, SessionRecord, SessionStore } from '../../store/contract.js';
import { endSession } from './ended.js';
import { auditDetails, type Emit, eventDetails } from './events.js';
import { byAdmission, byOrigin, bySight, isAhead, originOf, surplusOf } from './login-order.js';
import { stateOf } from './state.js';

export interface LimitOptions {
  store: SessionStore;
  clock: Clock;
  /** The most logins of one user (S9). */
  maxSessionsPerUser: number;
  onLimit: 'evict' | 'deny';
  emit: Emit;
}

/**
 * Keeps the number of logins per user within the limit of the site (S9). In one process, the logins of one user run
 * one after the other. Across processes, each login writes its record first and then reads all of them. Every process
 * sorts the records in the same order, and ends a record only if it has not changed since the sorting. So the result
 * does not depend on who reads when: of n logins at once, min(n, max) succeed.
 */
export class LoginLimit {
  readonly #options: LimitOptions;
  readonly #queue = new Map<string, SerialQueue>();

  constructor(options: LimitOptions) {
    this.#options = options;
  }

  /** The most logins of one user. */
  get max(): number {
    return this.#options.maxSessionsPerUser;
  }

  /**
   * Whether to refuse a new login of this user (`onLimit: 'deny'`). The sessions `replaced`, which the login replaces, and
   * `origin`, which it continues, do not count.
   */
  async denies(userId: string, replaced: string | undefined, origin?: string): Promise<boolean> {
    if (!this.#isDenying) return false;
    const others = (await this.#loginsOf(userId)).filter(
      (record) => record.id !== replaced && originOf(record) !== origin,
    );
    return byOrigin(others).length >= this.max;
  }

  /**
   * Runs a login of this user after the ones before it. So each login reads about `max` records, not those of all
   * waiting logins.
   */
  async inTurn<T>(userId: string, login: () => Promise<T>): Promise<T> {
    const queue = this.#queue.get(userId) ?? new SerialQueue();
    this.#queue.set(userId, queue);
    try {
      return await queue.run(login);
    } finally {
      if (queue.isIdle) this.#queue.delete(userId);
    }
  }

  /**
   * Ends the logins over the limit. The record of the new login exists already; it counts in place of the session
   * `replaced`.
   * @returns false when the new login must end: others came first (`deny`), or too many came after it
   */
  async makeRoom({ id: newId, user }: SessionRecord, replaced: string | undefined): Promise<boolean> {
    let isMoved = false;
    for (;;) {
      const logins = await this.#loginsOf((user as SessionOwner).id);
      const counted = logins.filter(({ id }) => id !== replaced);
      if (!counted.some(({ id }) => id === newId)) return false;
      const surplus = surplusOf(byOrigin(counted), this.max);
      if (!surplus.some(({ id }) => id === newId)) {
        if (await this.#evictAll(surplus)) return !this.#isDenying || this.#settle(newId);
      } else if (this.#isDenying || isMoved) return false;
      else {
        await this.#moveUp(newId, counted);
        isMoved = true;
      }
    }
  }

  /**
   * Keeps the limit after a user took over a visitor's session: that session counts as a login. With `deny` it does
   * nothing: neither that session nor another login ends.
   */
  async takeOver(record: SessionRecord): Promise<void> {
    if (!this.#isDenying) await this.makeRoom(record, undefined);
  }

  get #isDenying(): boolean {
    return this.#options.onLimit === 'deny';
  }

  /** The user's active sessions, in the order in which they end. */
  async #loginsOf(userId: string): Promise<SessionRecord[]> {
    const { store, clock } = this.#options;
    const now = clock();
    const logins: SessionRecord[] = [];
    for await (const { record } of store.findByUser(userId)) {
      if (record !== null && stateOf(record, now) === 'active') logins.push(record);
    }
    return logins.sort(this.#isDenying ? byAdmission : bySight(now));
  }

  /** Ends these logins. Returns false when one has changed since the sorting: then another login may have to end. */
  async #evictAll(logins: readonly SessionRecord[]): Promise<boolean> {
    const { store, clock, emit } = this.#options;
    for (const { id, revision } of logins) {
      const isMeant = (current: SessionRecord) => current.revision === revision;
      const evicted = await endSession(store, id, { by: 'limit' }, { now: clock, isMeant });
      if (evicted === null) return false;
      emit('ended', { ...eventDetails(evicted), reason: 'limit' }, auditDetails(evicted));
    }
    return true;
  }

  /** Makes the new login the last to end, also among those seen at the same moment. */
  async #moveUp(id: string, logins: readonly SessionRecord[]): Promise<void> {
    const { store, clock } = this.#options;
    const present = logins.filter(({ seen }) => !isAhead(seen, clock()));
    const latest = Math.max(clock(), ...present.map(({ seen }) => seen));
    await store.update(id, (current) => (current.ended === null ? { ...current, seen: latest + 1 } : null));
  }

  /**
   * Writes the second revision: from then on no other login refuses this one (`deny`). Returns false when one already
   * has.
   */
  async #settle(id: string): Promise<boolean> {
    const settled = await this.#options.store.update(id, (current) =>
      current.ended === null ? current : null,
    );
    return settled !== null;
  }
}
