import type { SessionRecord } from '../store/contract.js';
import { GRACE } from './lifetime.js';

/** The record as `expire` leaves it: over at once, and left for the purge; the ends keep their distance. */
export function endedRecord(
  record: SessionRecord,
  now: number,
  by: NonNullable<SessionRecord['ended']>['by'],
): SessionRecord {
  return { ...record, cookieExpires: now - GRACE, expires: now, ended: { at: now, by } };
}
