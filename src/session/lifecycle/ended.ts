import { isDiskFull } from '../../disk/fault.js';
import type { SessionRecord, SessionStore, Tombstone } from '../../store/contract.js';
import { GRACE } from './lifetime.js';
import { isOver } from './state.js';

type EndedBy = NonNullable<SessionRecord['ended']>['by'];

/** Who ends a session, and why; `reason` is for operators. */
export interface Ending {
  by: EndedBy;
  reason?: string | undefined;
}

/**
 * Ends a session now if `isMeant` returns true for its current record (I5). The ended record stays until a purge. If
 * the disk is full, the record is removed at once, and its tombstone says who ended it and why.
 * @param now returns the time in ms; called with the session locked, because others may end it while this call waits
 * @returns the ended record; null when there was nothing to end
 */
export async function endSession(
  store: SessionStore,
  id: string,
  ending: Ending,
  { now, isMeant }: { now: () => number; isMeant: (current: SessionRecord) => boolean },
): Promise<SessionRecord | null> {
  const isToEnd = (current: SessionRecord) => !isOver(current, now()) && isMeant(current);
  const ended = (current: SessionRecord) => endedRecord(current, now(), ending);
  try {
    return await store.update(id, (current) => (isToEnd(current) ? ended(current) : null));
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    const tombstone = tombstoneOf(ending.by, now(), { text: ending.reason });
    const { removed, record } = await store.delete(id, { when: isToEnd, tombstone });
    return removed && record !== null ? ended(record) : null;
  }
}

/**
 * The record as `expire` leaves it: expired at once, and there until a purge. `expires` stays one hour after
 * `cookieExpires`.
 */
export function endedRecord(record: SessionRecord, now: number, { by, reason }: Ending): SessionRecord {
  const ended = { at: now, by, ...(reason !== undefined && { reason }) };
  return { ...record, cookieExpires: now - GRACE, expires: now, ended };
}

/**
 * The tombstone of a session that ends at `at` (ms). It lasts as long as a save may come late.
 * @param details `successor`, for `rotated`: the id of the session that replaces this one; `text`: the reason for operators
 */
export function tombstoneOf(
  reason: Tombstone['reason'],
  at: number,
  { successor, text }: { successor?: string; text?: string | undefined } = {},
): Tombstone {
  const details = { ...(successor !== undefined && { successor }), ...(text !== undefined && { text }) };
  return { reason, at, until: at + GRACE, ...details };
}
