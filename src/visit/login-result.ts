import type { ChainState } from '../auth/chain-state.js';
import type { AuthStep } from '../auth/method.js';
import { LiveSession } from '../session/request/live.js';
import type { Session } from '../session/session.js';
import type { SessionOwner } from '../store/contract.js';

/**
 * What became of the last login of a visit, by form, method or route:
 *
 * - `none`: nobody asked to log in
 * - `accepted`: the user is logged in
 * - `failed`: no method accepted it, or the user is unknown or disabled; also wrong credentials of HTTP Basic
 * - `denied`: the user has `maxSessionsPerUser` sessions already (`onLimit: 'deny'`)
 * - `cross-site`: another site sent the form, so it was ignored
 */
export type LoginResult = 'none' | 'accepted' | 'failed' | 'denied' | 'cross-site';

/** The reasons of `moin_session` for a login (spec 7). */
const DECISIONS: readonly string[] = ['login', 'login-denied', 'login-failed'];

/**
 * What the auth chain made of a login form, or of a login that a method establishes by itself. `moin_session` decides; in a
 * chain without it, a login is accepted if a method has established its user.
 * @param isCrossSiteForm another site sent a login form, which the chain did not get
 */
export function loginResultOf(
  { isLogin, refusal }: Pick<ChainState, 'isLogin' | 'refusal'>,
  { trace, user, session }: { trace: readonly AuthStep[]; user: SessionOwner | null; session: Session },
  isCrossSiteForm: boolean,
): LoginResult {
  if (!isLogin) return isCrossSiteForm ? 'cross-site' : 'none';
  const decision = trace.findLast(({ reason }) => DECISIONS.includes(reason))?.reason;
  if (decision === 'login-denied') return 'denied';
  const isRefused = decision === undefined ? refusal !== null : decision === 'login-failed';
  if (isRefused || user === null) return 'failed';
  // A method behind `moin_session` may have replaced the user: then the login was rolled back.
  const isRolledBack = decision === 'login' && session instanceof LiveSession && session.ownerId !== user.id;
  return isRolledBack ? 'failed' : 'accepted';
}
