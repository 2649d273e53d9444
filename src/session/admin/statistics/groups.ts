import { DAY } from '../../../base/clock.js';
import type { SessionInfo } from '../info.js';
import { compareTexts, topOf } from './top.js';

/** What sessions can be counted by. `day` is the day of creation, in UTC. */
export const DIMENSIONS = ['user', 'kind', 'state', 'method', 'day'] as const;

export type Dimension = (typeof DIMENSIONS)[number];

/** How many groups are counted one by one. */
const MOST_GROUPS = 500_000;
/** Over how many days those without sessions are shown: a wrong clock may have dated a session back to any year. */
const MOST_DAYS = 3660;

/** Sessions that are alike in the fields that were asked for. Only these fields are there. */
export interface Group {
  userId?: string | null;
  userName?: string | null;
  kind?: string | null;
  state?: string;
  method?: string | null;
  /** `2026-05-01`. Null for unreadable sessions. */
  day?: string | null;
  sessions: number;
  bytes: number;
}

export interface GroupStatistics {
  by: readonly Dimension[];
  /** Days in their order, up to the moment of the statistics; else the groups with the most sessions first. */
  rows: Group[];
  /** All other groups together. */
  others: {
    /** How many; those that were not counted one by one are not among them. */
    groups: number;
    sessions: number;
    bytes: number;
  };
  /** False when there are more groups than are counted one by one. The later ones are in `others` alone. */
  complete: boolean;
}

type Value = string | number | null;

interface Sum {
  sessions: number;
  bytes: number;
}

interface Count extends Sum {
  values: readonly Value[];
  userName: string | null;
}

const NONE: Sum = { sessions: 0, bytes: 0 };

/** Days are counted by their number: to write a date for each session would take longer than all else. */
const VALUES: Readonly<Record<Dimension, (session: SessionInfo) => Value>> = {
  user: ({ userId }) => userId,
  kind: ({ kind }) => kind,
  state: ({ state }) => state,
  method: ({ method }) => method,
  day: ({ created }) => created && dayOf(created.getTime()),
};

/** Counts sessions by one or two of their fields, up to a number of groups. */
export class GroupCounts {
  readonly #by: readonly Dimension[];
  readonly #readers: readonly ((session: SessionInfo) => Value)[];
  readonly #hasUsers: boolean;
  readonly #most: number;
  readonly #counts = new Map<Value, Count>();
  readonly #rest = { sessions: 0, bytes: 0 };

  constructor(by: readonly Dimension[], most = MOST_GROUPS) {
    this.#by = by;
    this.#readers = by.map((dimension) => VALUES[dimension]);
    this.#hasUsers = by.includes('user');
    this.#most = most;
  }

  add(session: SessionInfo): void {
    const values = this.#readers.map((read) => read(session));
    const count = this.#countOf(values, this.#hasUsers ? session.userName : null);
    count.sessions += 1;
    count.bytes += session.bytes;
  }

  /**
   * @param most how many groups to name
   * @param at the moment that the days go up to, in ms
   */
  result(most: number, at: number): GroupStatistics {
    const counts = this.#by.includes('day') ? this.#lastDays(most, dayOf(at)) : this.#largest(most);
    const shown = sumOf(counts);
    const all = sumOf(this.#counts.values(), this.#rest);
    return {
      by: this.#by,
      rows: counts.map((count) => this.#asGroup(count)),
      others: {
        groups: this.#counts.size - counts.filter(({ sessions }) => sessions > 0).length,
        sessions: all.sessions - shown.sessions,
        bytes: all.bytes - shown.bytes,
      },
      complete: this.#rest.sessions === 0,
    };
  }

  #countOf(values: readonly Value[], userName: string | null): Sum {
    const key = keyOf(values);
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    if (this.#counts.size === this.#most) return this.#rest;
    const count = { values, userName, sessions: 0, bytes: 0 };
    this.#counts.set(key, count);
    return count;
  }

  #largest(most: number): Count[] {
    return topOf(this.#counts.values(), most, bySize);
  }

  /** The last groups up to `today`. A session from the future, as after a wrong clock, must not push them out. */
  #lastDays(most: number, today: number): Count[] {
    const index = this.#by.indexOf('day');
    const day = ({ values }: Count) => values[index] as number;
    const past = function* (counts: Iterable<Count>) {
      for (const count of counts) if (count.values[index] !== null && day(count) <= today) yield count;
    };
    const last = topOf(
      past(this.#counts.values()),
      most,
      (one, other) => day(other) - day(one) || bySize(one, other),
    );
    if (this.#by.length === 1) return withEmptyDays(last, most, today);
    return last.sort((one, other) => day(one) - day(other) || bySize(one, other));
  }

  #asGroup({ values, userName, sessions, bytes }: Count): Group {
    const fields = this.#by.map((dimension, index) => {
      const value = values[index] ?? null;
      if (dimension === 'user') return { userId: value, userName };
      return { [dimension]: typeof value === 'number' ? dateText(value) : value };
    });
    return Object.assign({}, ...fields, { sessions, bytes });
  }
}

/**
 * The days from the first one to `today`, at most so many; a day without sessions is there, too.
 * @param days the latest first
 */
function withEmptyDays(days: readonly Count[], most: number, today: number): Count[] {
  const known = new Map(days.map((count) => [count.values[0], count]));
  const first = days.at(-1)?.values[0] as number | undefined;
  const length = first === undefined ? 0 : Math.min(most, today - first + 1);
  if (length > MOST_DAYS) return [...days].reverse();
  return Array.from({ length }, (_, index) => {
    const day = today - length + 1 + index;
    return known.get(day) ?? { values: [day], userName: null, sessions: 0, bytes: 0 };
  });
}

function sumOf(counts: Iterable<Sum>, { sessions, bytes }: Sum = NONE): Sum {
  const sum = { sessions, bytes };
  for (const count of counts) {
    sum.sessions += count.sessions;
    sum.bytes += count.bytes;
  }
  return sum;
}

/** A key that differs whenever the values differ: each has its length in front. */
function keyOf(values: readonly Value[]): Value {
  if (values.length === 1) return values[0] ?? null;
  return values.map((value) => (value === null ? '-' : `${String(value).length}:${value}`)).join('');
}

function bySize(one: Count, other: Count): number {
  return other.sessions - one.sessions || compareTexts(nameOf(one), nameOf(other));
}

function nameOf({ values, userName }: Count): string {
  return [userName, ...values].join('\0');
}

function dayOf(ms: number): number {
  return Math.floor(ms / DAY);
}

function dateText(day: number): string {
  return new Date(day * DAY).toISOString().split('T', 1)[0] as string;
}
