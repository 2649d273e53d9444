import { type Clock, MINUTE } from '../../base/clock.js';
import { SerialQueue } from '../../base/serial-queue.js';
import type { SessionOwner, SessionRecord, SessionStore } from '../../store/contract.js';
import { endSession } from './ended.js';
import { type Emit, eventDetails } from './events.js';
import { stateOf } from './state.js';

export interface LimitOptions {
  store: SessionStore;
  clock: Clock;
  /** Logins per user (S9). */
  maxSessionsPerUser: number;
  onLimit: 'evict' | 'deny';
  emit: Emit;
}

/**
 * Keeps the number of logins per user within what the site allows (S9). Logins of one user take turns in this process.
 * Those of several processes each write their record first and then look at all: what they decide does not depend on who
 * looks when, since they all go by the same order of records, and end only what is still as it was in that order. So of n
 * logins at once, min(n, max) hold.
 */
export class LoginLimit {
  readonly #options: LimitOptions;
  readonly #queue = new Map<string, SerialQueue>();

  constructor(options: LimitOptions) {
    this.#options = options;
  }

  /** Logins per user. */
  get max(): number {
    return this.#options.maxSessionsPerUser;
  }

  /** True when a new login of this user, in place of the session `replaced`, is to be refused (`onLimit: 'deny'`). */
  async denies(userId: string, replaced: string | undefined): Promise<boolean> {
    if (!this.#isDenying) return false;
    const others = (await this.#loginsOf(userId)).filter(({ id }) => id !== replaced);
    return others.length >= this.max;
  }

  /** Runs a login of this user when the ones before it are done, so that each reads `max` records and not those of all. */
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
   * Ends what is over the limit for a new login, whose record is there already and counts in place of the session
   * `replaced`.
   * @returns false when the new one has to go, since others came first (`deny`), or more came after it
   */
  async makeRoom({ id: newId, user }: SessionRecord, replaced: string | undefined): Promise<boolean> {
    let isMoved = false;
    for (;;) {
      const logins = await this.#loginsOf((user as SessionOwner).id);
      const counted = logins.filter(({ id }) => id !== replaced);
      if (!counted.some(({ id }) => id === newId)) return false;
      const surplus = counted.slice(0, Math.max(0, counted.length - this.max));
      if (!surplus.some(({ id }) => id === newId)) {
        if (await this.#evictAll(surplus)) return !this.#isDenying || this.#settle(newId);
      } else if (this.#isDenying || isMoved) return false;
      else {
        await this.#moveUp(newId, counted);
        isMoved = true;
      }
    }
  }

  /** Counts a visitor's session that a user took over as theirs: it is never refused, and with `deny` nothing goes for it. */
  async takeOver(record: SessionRecord): Promise<void> {
    if (!this.#isDenying) await this.makeRoom(record, undefined);
  }

  get #isDenying(): boolean {
    return this.#options.onLimit === 'deny';
  }

  /** The user's sessions that could be used now, the first to go first. */
  async #loginsOf(userId: string): Promise<SessionRecord[]> {
    const { store, clock } = this.#options;
    const now = clock();
    const logins: SessionRecord[] = [];
    for await (const { record } of store.findByUser(userId)) {
      if (record !== null && stateOf(record, now) === 'active') logins.push(record);
    }
    return logins.sort(this.#isDenying ? byAdmission : bySight(now));
  }

  /** False when one of them is not any more as it was when the order was made: then somebody else may have to go. */
  async #evictAll(logins: readonly SessionRecord[]): Promise<boolean> {
    const { store, clock, emit } = this.#options;
    for (const { id, revision } of logins) {
      const isMeant = (current: SessionRecord) => current.revision === revision;
      const evicted = await endSession(store, id, 'limit', { now: clock, isMeant });
      if (evicted === null) return false;
      emit('ended', { ...eventDetails(evicted), reason: 'limit' });
    }
    return true;
  }

  /** Where two were seen at the same moment, the new one is the last to go. */
  async #moveUp(id: string, logins: readonly SessionRecord[]): Promise<void> {
    const { store, clock } = this.#options;
    const present = logins.filter(({ seen }) => !isAhead(seen, clock()));
    const latest = Math.max(clock(), ...present.map(({ seen }) => seen));
    await store.update(id, (current) => (current.ended === null ? { ...current, seen: latest + 1 } : null));
  }

  /** From its second revision on nobody refuses it (`deny`). False when somebody has done so. */
  async #settle(id: string): Promise<boolean> {
    const settled = await this.#options.store.update(id, (now) => (now.ended === null ? now : null));
    return settled !== null;
  }
}

/** By a clock that was set back since, or another machine's. */
function isAhead(seen: number, now: number): boolean {
  return seen > now + MINUTE;
}

/** The one not seen longest first; what comes from the future, nobody has seen lately. */
function bySight(now: number) {
  const rank = ({ seen }: SessionRecord) => (isAhead(seen, now) ? Number.NEGATIVE_INFINITY : seen);
  return (a: SessionRecord, b: SessionRecord) =>
    compare(rank(a), rank(b)) || a.seen - b.seen || a.created - b.created || compare(a.id, b.id);
}

/** First the logins that are under way (first revision), the latest first; then those that hold. */
function byAdmission(a: SessionRecord, b: SessionRecord): number {
  const isSettled = ({ revision }: SessionRecord) => Number(revision > 1);
  return isSettled(a) - isSettled(b) || b.created - a.created || compare(b.id, a.id);
}

function compare<T extends string | number>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
