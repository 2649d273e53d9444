import type { Clock } from '../clock.js';
import type { SessionOwner, SessionRecord, SessionStore } from '../store/contract.js';
import { endedRecord } from './ended.js';
import { type Emit, told } from './events.js';
import { stateOf } from './info.js';

export interface LimitOptions {
  store: SessionStore;
  clock: Clock;
  /** Logins per user (S9). */
  maxSessionsPerUser: number;
  onLimit: 'evict' | 'deny';
  emit: Emit;
}

/** Keeps the number of logins per user within what the site allows (S9). */
export class LoginLimit {
  readonly #options: LimitOptions;

  constructor(options: LimitOptions) {
    this.#options = options;
  }

  /** Logins per user. */
  get max(): number {
    return this.#options.maxSessionsPerUser;
  }

  /** True when a new login of this user, in place of the session `replaced`, is to be refused (`onLimit: 'deny'`). */
  async denies(userId: string, replaced: string | undefined): Promise<boolean> {
    if (this.#options.onLimit !== 'deny') return false;
    const others = (await this.#loginsOf(userId)).filter(({ id }) => id !== replaced);
    return others.length >= this.max;
  }

  /**
   * Ends what is over the limit for a new login, whose record is there already and counts in place of the session
   * `replaced`. Where two logins came at once and `deny` is set, false: the new one has to go.
   */
  async makeRoom({ id: newId, user }: SessionRecord, replaced: string | undefined): Promise<boolean> {
    const logins = await this.#loginsOf((user as SessionOwner).id);
    const others = logins.filter(({ id }) => id !== newId && id !== replaced);
    const surplus = others.length + 1 - this.max;
    if (surplus <= 0) return true;
    if (this.#options.onLimit === 'deny') return false;
    for (const { id } of others.slice(0, surplus)) await this.#evict(id);
    return true;
  }

  /** The user's sessions that could be used now, the one not seen longest first. */
  async #loginsOf(userId: string): Promise<SessionRecord[]> {
    const { store, clock } = this.#options;
    const now = clock();
    const logins: SessionRecord[] = [];
    for await (const { record } of store.findByUser(userId)) {
      if (record !== null && stateOf(record, now) === 'active') logins.push(record);
    }
    return logins.sort((a, b) => a.seen - b.seen || a.created - b.created || (a.id < b.id ? -1 : 1));
  }

  async #evict(id: string): Promise<void> {
    const { store, clock, emit } = this.#options;
    const evicted = await store.update(id, (current) => {
      const now = clock();
      return stateOf(current, now) === 'expired' ? null : endedRecord(current, now, 'limit');
    });
    if (evicted !== null) emit('ended', { ...told(evicted), reason: 'limit' });
  }
}
