import { isDiskFull } from '../../disk/fault.js';
import type { SessionRecord, SessionStore, Tombstone } from '../../store/contract.js';
import { GRACE } from './lifetime.js';
import { stateOf } from './state.js';

export type EndedBy = NonNullable<SessionRecord['ended']>['by'];

/**
 * Ends a session now, if `isMeant` says so of it as it is at that moment (I5). The record stays, for the purge; where the
 * disk has no room for the ended record, it goes at once, and its tombstone says who ended it.
 * @param now the time in ms, asked when it is our turn: somebody else may end it while we wait
 * @returns the record as it was ended; null when there was nothing to end
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

/** The record as `expire` leaves it: over at once, and left for the purge; the ends keep their distance. */
export function endedRecord(record: SessionRecord, now: number, by: EndedBy): SessionRecord {
  return { ...record, cookieExpires: now - GRACE, expires: now, ended: { at: now, by } };
}

/**
 * What is left to be known of a session that ends at `at` (ms), for as long as a save may come late.
 * @param successor of `rotated`: the id that takes its place
 */
export function tombstoneOf(reason: Tombstone['reason'], at: number, successor?: string): Tombstone {
  return { reason, at, until: at + GRACE, ...(successor !== undefined && { successor }) };
}
