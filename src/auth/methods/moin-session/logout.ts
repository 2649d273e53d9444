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
  const effects = ['delete the cookie'];
  // End the sessions of all user cookies: otherwise another cookie would log the next request in.
  const toEnd = standings.filter((standing) => standing === found || standing.cookie.kind === 'user');
  for (const standing of toEnd) effects.push(...end(standing, user, context));
  const was = user ?? ownerOf(found);
  const text = `${was === null ? 'logout' : `${was.name} logs out`}${detail(found)}`;
  return {
    session: context.unavailable(),
    user: was && { ...was, valid: false },
    reason: 'logout',
    text,
    effects,
  };
}

function logOutWithoutCookie(user: AuthUser | null, context: SessionContext): Outcome {
  const { cookie } = context;
  const outcome = {
    session: context.unavailable(),
    user: user && { ...user, valid: false },
    reason: 'logout',
  };
  const why = explain.cookieUnusable(cookie, context.secrets);
  if (cookie.verdict === 'absent') return { ...outcome, text: `logout, and ${why}: nothing to end` };
  context.deleteCookie();
  return { ...outcome, text: `logout, though ${why}`, effects: ['delete the cookie'] };
}

/** Ends the session under a cookie, if there is one. Another user's session under an anon cookie stays (S10). */
function end({ status, cookie }: Standing, user: AuthUser | null, context: SessionContext): string[] {
  // An anon cookie identifies no user: the session that replaced its session may belong to another user.
  const userId = cookie.kind === 'anon' ? (user?.id ?? null) : null;
  switch (status) {
    case 'open':
    case 'over':
    case 'refused':
      break;
    case 'foreign':
      if (cookie.kind === 'anon') return [];
      break;
    case 'unreadable':
      context.logout(cookie.id, userId);
      return [`keep session ${cookie.id} from being opened`];
    case 'replaced':
      context.logout(cookie.id, userId);
      return [`remove the session that took the place of ${cookie.id}`];
    default:
      return [];
  }
  context.logout(cookie.id, userId);
  return [`remove session ${cookie.id}`];
}

/** The user who logs out, for later methods to see (S6). */
function ownerOf(found: Standing): SessionOwner | null {
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
