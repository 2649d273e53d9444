import type { SessionRecord, StoreEntry } from '../../store/contract.js';

/** Where a session stands in its life (spec 2). */
export type SessionState = 'active' | 'grace' | 'expired' | 'refused' | 'unreadable';

/**
 * The state of a readable record at `now` (ms): `expired` from `expires` on, `grace` from `cookieExpires` on. One that
 * was ended is over whatever the clock says: here it may be behind that of whoever ended it.
 * @param refused that its user or auth method is (see `Refusals`): then it is not `active` before `cookieExpires`
 */
export function stateOf(
  record: Pick<SessionRecord, 'cookieExpires' | 'expires' | 'ended'>,
  now: number,
  refused = false,
): Exclude<SessionState, 'unreadable'> {
  if (record.ended !== null || now >= record.expires) return 'expired';
  if (now >= record.cookieExpires) return 'grace';
  return refused ? 'refused' : 'active';
}

/** The same of what is stored, readable or not. */
export function stateOfEntry({ record }: StoreEntry, now: number, refused: boolean): SessionState {
  return record === null ? 'unreadable' : stateOf(record, now, refused);
}
