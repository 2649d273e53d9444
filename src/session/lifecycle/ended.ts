import { isDiskFull } from '../../disk/fault.js';
import type { SessionRecord, SessionStore, Tombstone } from '../../store/contract.js';
import { GRACE } from './lifetime.js';
import { stateOf } from './state.js';

export type EndedBy = NonNullable<SessionRecord['ended']>['by'];

/**
 * Ends a session now if `isMeant` returns true for its current record (I5). The ended record stays until a purge. If
 * the disk is full, the record is removed at once, and its tombstone says who ended it.
 * @param now returns the time in ms; called with the session locked, because others may end it while this call waits
 * @returns the ended record; null when there was nothing to end
 */
export async function endSession(
  store: SessionStore,
  id: string,
  by: EndedBy,
  { now, isMeant }: { now: () => number; isMeant: (current: SessionRecord) => boolean },
): Promise<SessionRecord | null> {
  const isToEnd = (current: SessionRecord) => stateOf(current, now()) !== 'expired' && isMeant(current);
  const ended = (current: SessionRecord) => endedRecord(current, now(), by);
  try {
    return await store.update(id, (current) => (isToEnd(current) ? ended(current) : null));
  } catch (error) {
    if (!isDiskFull(error)) throw error;
    const { removed, record } = await store.delete(id, { when: isToEnd, tombstone: tombstoneOf(by, now()) });
    return removed && record !== null ? ended(record) : null;
  }
}

/**
 * The record as `expire` leaves it: expired at once, and there until a purge. `expires` stays one hour after
 * `cookieExpires`.
 */
export function endedRecord(record: SessionRecord, now: number, by: EndedBy): SessionRecord {
  return { ...record, cookieExpires: now - GRACE, expires: now, ended: { at: now, by } };
}

/**
 * The tombstone of a session that ends at `at` (ms). It lasts as long as a save may come late.
 * @param successor for `rotated`: the id of the session that replaces this one
 */
export function tombstoneOf(reason: Tombstone['reason'], at: number, successor?: string): Tombstone {
  return { reason, at, until: at + GRACE, ...(successor !== undefined && { successor }) };
}
