import type { SessionRecord } from '../contract.js';

/** The number of different times that the revisions of a record with one `expires` get. */
const REVISIONS = 100;
/** Ms between two of them. All stay below half a millisecond, so that rounding gives `expires`, and none is whole. */
const STEP = 0.002;
/** Ms. Node 20 and 22 cut times to microseconds, and the number may be a little below the one that is meant. */
const MARGIN = 0.0004;

/**
 * The modification time (ms) of the file of a record: `expires`, and in its fractions of a millisecond the revision. So two
 * records of one session differ in it, even if both expire in the same millisecond and are written in the same tick of the
 * file system's clock.
 */
export function mtimeOf({ expires, revision }: Pick<SessionRecord, 'expires' | 'revision'>): number {
  return expires + ((revision % REVISIONS) + 1) * STEP + MARGIN;
}

/** Whether a file with this modification time (ms) holds this revision. False on a file system with coarser times. */
export function isTimeOf(record: Pick<SessionRecord, 'expires' | 'revision'>, mtimeMs: number): boolean {
  return Math.abs(mtimeMs - mtimeOf(record)) < STEP / 2;
}
