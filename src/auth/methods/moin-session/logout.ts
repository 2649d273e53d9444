import type { SessionContext } from '../../../session/request/context.js';
import type { SessionOwner } from '../../../store/contract.js';
import type { AuthUser, Known } from '../../method.js';
import { preferred, type Standing } from './classify.js';
import * as explain from './explain.js';
import type { Outcome } from './outcome.js';
import { restore } from './restore.js';

/** S6: ends the sessions under the cookies, and deletes the cookie. A visitor who is not logged in keeps both. */
export function logOut(
  user: AuthUser | null,
  standings: readonly Standing[],
  known: Known,
  context: SessionContext,
): Outcome {
  const found = preferred(standings);
  if (found === null) return logOutWithoutCookie(user, context);
  if (user === null && found.cookie.kind === 'anon') {
    const before = restore(found, known, context);
    const text = `nobody is logged in, so there is nothing to log out of: ${before.text}`;
    return { ...before, reason: 'logout', text };
  }
  context.deleteCookie();
  const { effects, ...decision } = logOutOf(found, standings, user, context);
  return { ...decision, session: context.afterLogout(), effects: ['delete the cookie', ...effects] };
}

/** Notes the end of the sessions that a logout ends. `user` of the answer is who it was, for later methods to see. */
export function logOutOf(
  found: Standing,
  standings: readonly Standing[],
  user: AuthUser | null,
  context: SessionContext,
): Required<Omit<Outcome, 'session'>> {
  const endings = endingsOf(found, standings, user);
  for (const { id, userId } of endings) context.noteLogout(id, userId);
  const was = user ?? identifiedBy(found);
  const text = `${was === null ? 'logout' : `${was.name} logs out`}${detail(found)}`;
  const effects = endings.map(({ effect }) => effect);
  return { user: was && { ...was, valid: false }, reason: 'logout', text, effects };
}

function logOutWithoutCookie(user: AuthUser | null, context: SessionContext): Outcome {
  const { cookie } = context;
  const outcome = {
    session: context.afterLogout(),
    user: user && { ...user, valid: false },
    reason: 'logout',
  };
  const why = explain.unverified(cookie, context.secrets);
  if (cookie.verdict === 'absent') return { ...outcome, text: `logout, and ${why}: nothing to end` };
  context.deleteCookie();
  return { ...outcome, text: `logout, though ${why}`, effects: ['delete the cookie'] };
}

/** A session that a logout ends. */
interface Ending {
  id: string;
  /** The only user whose newer session ends, if this one was just replaced; null: any user's. */
  userId: string | null;
  effect: string;
}

/**
 * The sessions that a logout ends: that of the cookie that counts, and those of all user cookies. Otherwise another cookie
 * would log the next request in.
 */
export function endingsOf(
  found: Standing | null,
  standings: readonly Standing[],
  user: AuthUser | null,
): Ending[] {
  return standings
    .filter((standing) => standing === found || standing.cookie.kind === 'user')
    .flatMap((standing) => {
      const { id, kind } = standing.cookie;
      const effect = effectOn(standing);
      // An anon cookie identifies no user: the session that replaced its session may belong to another user.
      return effect === null ? [] : [{ id, userId: kind === 'anon' ? (user?.id ?? null) : null, effect }];
    });
}

/** What the logout does to the session under a cookie; null when there is nothing to end. */
function effectOn({ status, cookie }: Standing): string | null {
  switch (status) {
    case 'open':
    case 'over':
    case 'refused':
      return `remove session ${cookie.id}`;
    case 'foreign':
      // Another user's session under an anon cookie stays (S10).
      return cookie.kind === 'anon' ? null : `remove session ${cookie.id}`;
    case 'unreadable':
      return `keep session ${cookie.id} from being opened`;
    case 'replaced':
      return `remove the session that took the place of ${cookie.id}`;
    default:
      return null;
  }
}

/** The user whom a cookie or token identifies (S6). */
function identifiedBy(found: Standing): SessionOwner | null {
  if (found.status === 'open') return found.owner;
  return found.status === 'refused' ? found.record.user : null;
}

function detail(found: Standing): string {
  switch (found.status) {
    case 'unreadable':
      return `, but ${found.why}; the cookie opens nothing, even should somebody repair them`;
    case 'foreign':
      return found.cookie.kind === 'anon' ? `, but ${found.why} and stays` : `: ${found.why}, and ends`;
    case 'unused':
    case 'switched-off':
      return '; nothing was stored under the cookie';
    case 'open':
      return '';
    default:
      return `: ${found.why}`;
  }
}
