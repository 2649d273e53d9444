import type { SessionRecord, StoreEntry } from '../../store/contract.js';

/** The state of a session (spec 2). */
export type SessionState = 'active' | 'grace' | 'expired' | 'refused' | 'unreadable';

/**
 * The state of a readable record at `now` (ms): `expired` from `expires` on, `grace` from `cookieExpires` on. A
 * record that was ended is `expired` at any time: this clock may be behind the one of the process that ended it.
 * @param refused whether its user or auth method is refused (see `Refusals`): then `refused` replaces `active`
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

/**
 * Whether a record is `expired`, and its cookie opens nothing. The two differ for a session of a MoinMoin 1.9 wiki without an expiry:
 * a purge takes it, and until then its cookie opens it, so it can be ended.
 */
export function isOver(
  record: Pick<SessionRecord, 'cookieExpires' | 'expires' | 'ended'>,
  now: number,
): boolean {
  return stateOf(record, now) === 'expired' && (record.ended !== null || now >= record.cookieExpires);
}

/** Whether a user was logged in under this record at `now` (ms). */
export function isLogin(record: SessionRecord, now: number): boolean {
  return record.user !== null && stateOf(record, now) === 'active';
}

/** The state of a store entry, readable or not. */
export function stateOfEntry({ record }: StoreEntry, now: number, refused: boolean): SessionState {
  return record === null ? 'unreadable' : stateOf(record, now, refused);
}
