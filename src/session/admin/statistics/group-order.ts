import { DAY } from '../../../base/clock.js';
import { compareTexts, topOf } from './top.js';

/** What groups differ by: a text, the number of a day since 1970, or nothing. */
export type GroupValue = string | number | null;

export interface GroupSum {
  sessions: number;
  bytes: number;
}

/** Sessions that have the same values. */
export interface GroupCount extends GroupSum {
  values: readonly GroupValue[];
  userName: string | null;
}

/** Over how many days those without sessions are shown: a wrong clock may have dated a session back to any year. */
const MOST_DAYS = 3660;

/** The day of a moment in ms, as a number. */
export function dayOf(ms: number): number {
  return Math.floor(ms / DAY);
}

/** The groups with the most sessions first. */
export function largestGroups(counts: Iterable<GroupCount>, most: number): GroupCount[] {
  return topOf(counts, most, bySize);
}

/** All groups in the order of their days, those without a day last. @param index which of the values is the day */
export function groupsByDay(counts: Iterable<GroupCount>, index: number): GroupCount[] {
  return [...counts].sort(byDay(index));
}

/**
 * The last groups up to `today`, in the order of their days. A session from the future, as after a wrong clock, must not push
 * them out. If the day is the only value, a day without sessions is there, too.
 * @param index which of the values is the day
 */
export function lastDays(
  counts: Iterable<GroupCount>,
  { index, most, today }: { index: number; most: number; today: number },
): GroupCount[] {
  const compare = byDay(index);
  const last = topOf(upTo(today, counts, index), most, (one, other) => -compare(one, other)).reverse();
  return last[0]?.values.length === 1 ? withEmptyDays(last, most, today) : last;
}

function* upTo(today: number, counts: Iterable<GroupCount>, index: number): Generator<GroupCount> {
  for (const count of counts) if (dayIn(count, index) <= today) yield count;
}

/** @param days in their order */
function withEmptyDays(days: readonly GroupCount[], most: number, today: number): GroupCount[] {
  const known = new Map(days.map((count) => [count.values[0], count]));
  const first = days[0]?.values[0] as number;
  const length = Math.min(most, today - first + 1);
  if (length > MOST_DAYS) return [...days];
  return Array.from({ length }, (_, index) => {
    const day = today - length + 1 + index;
    return known.get(day) ?? { values: [day], userName: null, sessions: 0, bytes: 0 };
  });
}

/** No day is later than all days. */
function dayIn({ values }: GroupCount, index: number): number {
  return (values[index] as number | null) ?? Number.MAX_VALUE;
}

function byDay(index: number): (one: GroupCount, other: GroupCount) => number {
  return (one, other) => dayIn(one, index) - dayIn(other, index) || bySize(one, other);
}

/** The most sessions first; then by name and values, so that the order is always the same. */
function bySize(one: GroupCount, other: GroupCount): number {
  return other.sessions - one.sessions || compareTexts(nameOf(one), nameOf(other));
}

function nameOf({ values, userName }: GroupCount): string {
  return [userName, ...values].join('\0');
}
