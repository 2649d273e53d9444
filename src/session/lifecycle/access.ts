import type { SessionOwner, SessionRecord } from '../../store/contract.js';
import type { CookieKind } from '../cookie/signer.js';
import { stateOf } from './state.js';

/**
 * What a cookie makes of the record under it, before anybody asks whether the user is refused:
 *
 * - `open`: it opens the record
 * - `over`: the record has expired; under a user cookie also in grace (S2, S3)
 * - `nobodys`: a user cookie over a visitor's record
 * - `foreign`: the record belongs to another user than the established one, or no user is established and an anon cookie
 *   asks for a user's session (S10)
 */
export type Access = 'open' | 'over' | 'nobodys' | 'foreign';

/**
 * @param kind of the cookie
 * @param user the established user; null: a user cookie speaks for its user
 * @param now in ms
 */
export function accessTo(
  record: SessionRecord,
  kind: CookieKind,
  user: Pick<SessionOwner, 'id'> | null,
  now: number,
): Access {
  const state = stateOf(record, now);
  const isAnon = kind === 'anon';
  if (state === 'expired' || (state === 'grace' && !isAnon)) return 'over';
  if (record.user === null) return isAnon ? 'open' : 'nobodys';
  const isTheirs = user === null ? !isAnon : user.id === record.user.id;
  return isTheirs ? 'open' : 'foreign';
}
