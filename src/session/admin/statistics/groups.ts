import { DAY } from '../../../base/clock.js';
import type { SessionInfo } from '../info.js';
import {
  dayOf,
  type GroupCount,
  type GroupSum,
  type GroupValue,
  groupsByDay,
  largestGroups,
  lastDays,
} from './group-order.js';

/** What sessions can be counted by. `day` is the day of creation, in UTC. */
export const DIMENSIONS = ['user', 'kind', 'state', 'method', 'day'] as const;

export type Dimension = (typeof DIMENSIONS)[number];

/** How many groups are counted one by one. */
const MOST_GROUPS = 500_000;

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

const NONE: GroupSum = { sessions: 0, bytes: 0 };

/** Days are counted by their number: to write a date for each session would take longer than all else. */
const VALUES: Readonly<Record<Dimension, (session: SessionInfo) => GroupValue>> = {
  user: ({ userId }) => userId,
  kind: ({ kind }) => kind,
  state: ({ state }) => state,
  method: ({ method }) => method,
  day: ({ created }) => created && dayOf(created.getTime()),
};

/** Counts sessions by one or two of their fields, up to a number of groups. */
export class GroupCounts {
  readonly #by: readonly Dimension[];
  readonly #readers: readonly ((session: SessionInfo) => GroupValue)[];
  readonly #hasUsers: boolean;
  readonly #most: number;
  readonly #counts = new Map<GroupValue, GroupCount>();
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
   * @param most how many groups to name; if infinite, all of them, and with a day no day without sessions
   * @param at the moment that the days go up to, in ms
   */
  result(most: number, at: number): GroupStatistics {
    const counts = this.#chosen(most, dayOf(at));
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

  #countOf(values: readonly GroupValue[], userName: string | null): GroupSum {
    const key = keyOf(values);
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    if (this.#counts.size === this.#most) return this.#rest;
    const count = { values, userName, sessions: 0, bytes: 0 };
    this.#counts.set(key, count);
    return count;
  }

  #chosen(most: number, today: number): GroupCount[] {
    const counts = this.#counts.values();
    const index = this.#by.indexOf('day');
    if (index === -1) return largestGroups(counts, most);
    if (most === Number.POSITIVE_INFINITY) return groupsByDay(counts, index);
    return lastDays(counts, { index, most, today });
  }

  #asGroup({ values, userName, sessions, bytes }: GroupCount): Group {
    const fields = this.#by.map((dimension, index) => {
      const value = values[index] ?? null;
      if (dimension === 'user') return { userId: value, userName };
      return { [dimension]: typeof value === 'number' ? dateText(value) : value };
    });
    return Object.assign({}, ...fields, { sessions, bytes });
  }
}

function sumOf(counts: Iterable<GroupSum>, { sessions, bytes }: GroupSum = NONE): GroupSum {
  const sum = { sessions, bytes };
  for (const count of counts) {
    sum.sessions += count.sessions;
    sum.bytes += count.bytes;
  }
  return sum;
}

/** A key that differs whenever the values differ: each has its length in front. */
function keyOf(values: readonly GroupValue[]): GroupValue {
  if (values.length === 1) return values[0] ?? null;
  return values.map((value) => (value === null ? '-' : `${String(value).length}:${value}`)).join('');
}

function dateText(day: number): string {
  return new Date(day * DAY).toISOString().split('T', 1)[0] as string;
}
