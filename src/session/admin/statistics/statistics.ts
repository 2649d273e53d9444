import type { SessionKind } from '../../../store/contract.js';
import type { SessionState } from '../../lifecycle/state.js';
import type { SessionInfo } from '../info.js';
import { type Bucket, TimeBuckets } from './buckets.js';
import { UserCounts, type UserStatistics } from './user-counts.js';

/** The sessions of a store in numbers, under the names that programs rely on. */
export interface Statistics {
  /** The moment that states and times refer to. */
  at: Date;
  sessions: number;
  states: Record<SessionState, number>;
  /** Unreadable sessions have no kind. */
  kinds: Record<SessionKind, number>;
  bytes: {
    sum: number;
    /** Null without sessions. */
    mean: number | null;
    largest: number;
    /** The id of the largest session; null without sessions. */
    largestId: string | null;
  };
  users: UserStatistics;
  /** In how long the cookies expire that have not expired yet. */
  expiry: Bucket[];
  /** How long ago the readable sessions were created. */
  age: Bucket[];
}

/** Counts sessions one after the other. Only what it knows of users grows, up to a limit. */
export class StatisticsCounter {
  readonly #at: number;
  readonly #states = { active: 0, grace: 0, expired: 0, refused: 0, unreadable: 0 };
  readonly #kinds = { user: 0, anonymous: 0 };
  readonly #users: UserCounts;
  readonly #expiry = new TimeBuckets();
  readonly #age = new TimeBuckets();
  #sessions = 0;
  #bytes = 0;
  #largest = 0;
  #largestId: string | null = null;

  /** @param at the moment that times refer to, in ms */
  constructor(at: number, users = new UserCounts()) {
    this.#at = at;
    this.#users = users;
  }

  add({ id, state, kind, userId, userName, bytes, cookieExpires, created }: SessionInfo): void {
    this.#sessions += 1;
    this.#states[state] += 1;
    if (kind !== null) this.#kinds[kind] += 1;
    if (userId !== null) this.#users.add(userId, userName ?? '');
    this.#addBytes(id, bytes);
    const left = cookieExpires === null ? 0 : cookieExpires.getTime() - this.#at;
    if (left > 0) this.#expiry.add(left);
    if (created !== null) this.#age.add(this.#at - created.getTime());
  }

  /** @param top how many of the users with the most sessions to name */
  result(top: number): Statistics {
    const sessions = this.#sessions;
    const mean = sessions === 0 ? null : this.#bytes / sessions;
    return {
      at: new Date(this.#at),
      sessions,
      states: { ...this.#states },
      kinds: { ...this.#kinds },
      bytes: { sum: this.#bytes, mean, largest: this.#largest, largestId: this.#largestId },
      users: this.#users.result(top),
      expiry: this.#expiry.result(),
      age: this.#age.result(),
    };
  }

  #addBytes(id: string, bytes: number): void {
    this.#bytes += bytes;
    if (this.#largestId !== null && bytes <= this.#largest) return;
    this.#largest = bytes;
    this.#largestId = id;
  }
}
