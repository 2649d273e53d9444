import { HOUR } from '../../base/clock.js';

/**
 * When Redis removes a key by itself: a record when it expires, a tombstone when its time is over, but nothing within an hour of
 * its last write. Operators see for that long who ended a session and why. And records of any date, such as those of a test
 * with a clock of its own, stay long enough to be looked at.
 */
const LEAST = HOUR;

/** How far (ms) the clocks of the machines may differ. */
export const SKEW = 300_000;

/** How long (ms) after its time a record may still be there. */
export const GRACE = LEAST + SKEW;

/** The time to live (ms) of a key that is written now. */
export function timeToLive(until: number, now: number): number {
  return Math.max(until - now, LEAST);
}

/** Whether a key with this time to live (ms; -1: for ever) may hold what is over at `at`. */
export function mayBeOver(ttl: number, at: number, now: number): boolean {
  return ttl <= Math.max(at - now, 0) + GRACE;
}
