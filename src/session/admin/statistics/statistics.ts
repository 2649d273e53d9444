import type { SessionKind } from '../../../store/contract.js';
import type { SessionState } from '../../lifecycle/state.js';
import type { SessionInfo } from '../info.js';
import { type Bucket, TimeBuckets } from './buckets.js';
import { type Dimension, GroupCounts, type GroupStatistics } from './groups.js';
import { SizeQuantiles } from './quantiles.js';
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
    /** Half of the sessions are at most as large, to within 1 %; null without sessions. */
    median: number | null;
    /** 95 of 100 sessions are at most as large, to within 1 %; null without sessions. */
    p95: number | null;
    largest: number;
    /** The id of the largest session; null without sessions. */
    largestId: string | null;
  };
  users: UserStatistics;
  /** In how long the cookies expire that have not expired yet. Those that never expire are in the last bucket. */
  expiry: Bucket[];
  /** How long ago the readable sessions were created. */
  age: Bucket[];
  /** How long ago the readable sessions were seen. */
  idle: Bucket[];
  /** The sessions by one or two of their fields; null when none was asked for. */
  groups: GroupStatistics | null;
}

/** What to count beside the totals. */
export interface StatisticsOptions {
  /** Default: a new one. */
  users?: UserCounts;
  /** The fields to count by. Default none. */
  by?: readonly Dimension[];
}

/** Counts sessions one after the other. Only what it knows of users and groups grows, up to a limit. */
export class StatisticsCounter {
  readonly #at: number;
  readonly #states = { active: 0, grace: 0, expired: 0, refused: 0, unreadable: 0 };
  readonly #kinds = { user: 0, anonymous: 0 };
  readonly #users: UserCounts;
  readonly #groups: GroupCounts | null;
  readonly #sizes = new SizeQuantiles();
  readonly #expiry = new TimeBuckets();
  readonly #age = new TimeBuckets();
  readonly #idle = new TimeBuckets();
  #sessions = 0;
  #bytes = 0;
  #largest = 0;
  #largestId: string | null = null;

  /** @param at the moment that times refer to, in ms */
  constructor(at: number, { users = new UserCounts(), by = [] }: StatisticsOptions = {}) {
    this.#at = at;
    this.#users = users;
    this.#groups = by.length === 0 ? null : new GroupCounts(by);
  }

  add(session: SessionInfo): void {
    const { id, state, kind, userId, userName, bytes, cookieExpires, created, seen } = session;
    this.#sessions += 1;
    this.#states[state] += 1;
    if (kind !== null) this.#kinds[kind] += 1;
    if (userId !== null) this.#users.add(userId, userName ?? '');
    this.#addBytes(id, bytes);
    if (kind !== null) this.#addExpiry(cookieExpires);
    if (created !== null) this.#age.add(this.#at - created.getTime());
    if (seen !== null) this.#idle.add(this.#at - seen.getTime());
    this.#groups?.add(session);
  }

  /**
   * @param top how many of the users with the most sessions to name
   * @param mostGroups how many groups to name. Default: as many as users
   */
  result(top: number, mostGroups = top): Statistics {
    const sessions = this.#sessions;
    return {
      at: new Date(this.#at),
      sessions,
      states: { ...this.#states },
      kinds: { ...this.#kinds },
      bytes: this.#sizeStatistics(),
      users: this.#users.result(top),
      expiry: this.#expiry.result(),
      age: this.#age.result(),
      idle: this.#idle.result(),
      groups: this.#groups?.result(mostGroups, this.#at) ?? null,
    };
  }

  #sizeStatistics(): Statistics['bytes'] {
    return {
      sum: this.#bytes,
      mean: this.#sessions === 0 ? null : this.#bytes / this.#sessions,
      median: this.#sizes.at(0.5),
      p95: this.#sizes.at(0.95),
      largest: this.#largest,
      largestId: this.#largestId,
    };
  }

  /** @param end null for a cookie that never expires */
  #addExpiry(end: Date | null): void {
    const left = end === null ? Number.POSITIVE_INFINITY : end.getTime() - this.#at;
    if (left > 0) this.#expiry.add(left);
  }

  #addBytes(id: string, bytes: number): void {
    this.#bytes += bytes;
    this.#sizes.add(bytes);
    if (this.#largestId !== null && bytes <= this.#largest) return;
    this.#largest = bytes;
    this.#largestId = id;
  }
}
