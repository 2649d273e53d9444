import { compareTexts, topOf } from './top.js';

/** How many users are counted one by one. */
const MOST_USERS = 500_000;

/** A user and how many sessions they have. */
export interface CountedUser {
  userId: string;
  userName: string;
  sessions: number;
}

export interface UserStatistics {
  /** Users with sessions. */
  count: number;
  /** Their sessions. */
  sessions: number;
  /** Sessions of a user on average; null without users. */
  mean: number | null;
  /** Sessions of the user who has the most; 0 without users. */
  max: number;
  /** False when there are more users than are counted one by one. Then those who were met later are in no other field. */
  complete: boolean;
  /** Those with the most sessions, the most first. */
  top: CountedUser[];
}

/** Counts the sessions of each user, up to a number of users. */
export class UserCounts {
  readonly #most: number;
  readonly #users = new Map<string, CountedUser>();
  #sessions = 0;
  #isComplete = true;

  constructor(most = MOST_USERS) {
    this.#most = most;
  }

  add(userId: string, userName: string): void {
    const known = this.#users.get(userId);
    if (known === undefined && this.#users.size === this.#most) {
      this.#isComplete = false;
      return;
    }
    this.#sessions += 1;
    if (known === undefined) this.#users.set(userId, { userId, userName, sessions: 1 });
    else known.sessions += 1;
  }

  /** @param most how many of the users with the most sessions to name */
  result(most: number): UserStatistics {
    const count = this.#users.size;
    const top = topOf(this.#users.values(), Math.max(most, 1), byRank);
    return {
      count,
      sessions: this.#sessions,
      mean: count === 0 ? null : this.#sessions / count,
      max: top[0]?.sessions ?? 0,
      complete: this.#isComplete,
      top: top.slice(0, most),
    };
  }
}

/** The most sessions first; then by name and id, so that the order is always the same. */
function byRank(one: CountedUser, other: CountedUser): number {
  if (one.sessions !== other.sessions) return other.sessions - one.sessions;
  return compareTexts(one.userName, other.userName) || compareTexts(one.userId, other.userId);
}
