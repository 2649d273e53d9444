import { MINUTE } from '../../base/clock.js';
import type { SessionRecord } from '../../store/contract.js';

/** A client that sends its old cookie again and again begins a session each time: how many of them live at once. */
const MOST_OF_ORIGIN = 10;

/** What sessions that count as one have in common: the session of before a migration that they continue. */
export function originOf({ id, origin = id }: SessionRecord): string {
  return origin;
}

/** The sessions, those of one origin together; in the order of the last one of each. */
export function byOrigin(logins: readonly SessionRecord[]): SessionRecord[][] {
  const groups = new Map<string, SessionRecord[]>();
  for (const login of logins) {
    const origin = originOf(login);
    const group = groups.get(origin) ?? [];
    groups.delete(origin);
    groups.set(origin, [...group, login]);
  }
  return [...groups.values()];
}

/**
 * The logins over the limit: those of the first origins, and of the others all but the last `MOST_OF_ORIGIN` (or `max`, if
 * that is more), without the session of before.
 */
export function surplusOf(origins: readonly SessionRecord[][], max: number): SessionRecord[] {
  const over = Math.max(0, origins.length - max);
  const most = Math.max(max, MOST_OF_ORIGIN);
  const continuing = origins
    .slice(over)
    .map((group) => group.filter((login) => login.id !== originOf(login)));
  return [
    ...origins.slice(0, over).flat(),
    ...continuing.flatMap((group) => group.slice(0, Math.max(0, group.length - most))),
  ];
}

/** Whether a session was seen in the future: the clock was set back, or another machine's clock is ahead. */
export function isAhead(seen: number, now: number): boolean {
  return seen > now + MINUTE;
}

/** The least recently seen first. A `seen` in the future counts as never. */
export function bySight(now: number) {
  const rank = ({ seen }: SessionRecord) => (isAhead(seen, now) ? Number.NEGATIVE_INFINITY : seen);
  return (a: SessionRecord, b: SessionRecord) =>
    compare(rank(a), rank(b)) || a.seen - b.seen || a.created - b.created || compare(a.id, b.id);
}

/** First the logins under way (first revision), the latest first; then the settled ones. */
export function byAdmission(a: SessionRecord, b: SessionRecord): number {
  const isSettled = ({ revision }: SessionRecord) => Number(revision > 1);
  return isSettled(a) - isSettled(b) || b.created - a.created || compare(b.id, a.id);
}

function compare<T extends string | number>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
