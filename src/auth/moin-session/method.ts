import { ConfigurationError } from '../../errors.js';
import type { AuthMethod, AuthRequest, AuthResult, AuthSite, AuthUser, Known } from '../method.js';
import { lend } from './lend.js';
import { logIn, logOut } from './login.js';
import type { Outcome } from './outcome.js';
import { restore } from './restore.js';

export interface MoinSessionOptions {
  /**
   * Session keys whose values a login does not carry over: what somebody else may have planted in the visitor's session,
   * such as a CSRF token. Default: none.
   */
  leave?: readonly string[];
}

/**
 * `moin_session`: cookie -> user and session, login, logout (spec 3, S1 to S10). It decides whose session it is;
 * refreshes and saves come with `commit`.
 * @throws ConfigurationError when `leave` is no list of keys
 */
export function moinSession({ leave = [] }: MoinSessionOptions = {}): AuthMethod {
  if (!Array.isArray(leave) || leave.some((key) => typeof key !== 'string'))
    throw new ConfigurationError("'leave' of moin_session must be a list of session keys: ['csrf']");
  return {
    name: 'moin_session',
    async authenticate(request: AuthRequest, known: Known, site: AuthSite): Promise<AuthResult> {
      const { session, user, reason, text, effects = [] } = await decide(request, known, site, leave);
      request.session = session;
      return { user, continue: true, reason, text, effects };
    },
  };
}

function decide(
  request: AuthRequest,
  known: Known,
  site: AuthSite,
  leave: readonly string[],
): Promise<Outcome> {
  const user = known.user?.valid ? known.user : null;
  if (known.logout) return logOut(user, site);
  return known.login ? decideLogin(user, request, known, site, leave) : find(user, known, site);
}

/** The session that the cookie stands for, of whoever is established or of whom it names. */
function find(user: AuthUser | null, known: Known, site: AuthSite): Promise<Outcome> {
  return user === null ? restore(known, site) : lend(user, site);
}

async function decideLogin(
  user: AuthUser | null,
  request: AuthRequest,
  known: Known,
  site: AuthSite,
  leave: readonly string[],
): Promise<Outcome> {
  if (user !== null && !known.loginRejected) {
    const login = await logIn(user, { remember: request.form.rememberMe === true, leave }, site);
    if (login !== null) return login;
    const max = site.desk.manager.limit.max;
    const text = `${user.name} has ${max} sessions already and new logins are refused at that limit (onLimit: deny)`;
    return { ...(await restore(known, site)), reason: 'login-denied', text };
  }
  const before = await find(user, known, site);
  const text = `no method accepted this login; what was there stays as it was: ${before.text}`;
  return { ...before, reason: 'login-failed', text };
}
