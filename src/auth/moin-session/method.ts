import type { AuthMethod, AuthRequest, AuthResult, AuthSite, Known } from '../method.js';
import { lend } from './lend.js';
import { logIn, logOut } from './login.js';
import type { Outcome } from './outcome.js';
import { restore } from './restore.js';

/**
 * `moin_session`: cookie -> user and session, login, logout (spec 3, S1 to S10). It decides whose session it is;
 * refreshes and saves come with `commit`.
 */
export function moinSession(): AuthMethod {
  return { name: 'moin_session', authenticate };
}

async function authenticate(request: AuthRequest, known: Known, site: AuthSite): Promise<AuthResult> {
  const { session, ...outcome } = await decide(request, known, site);
  request.session = session;
  return { ...outcome, continue: true };
}

async function decide(request: AuthRequest, known: Known, site: AuthSite): Promise<Outcome> {
  const user = known.user?.valid ? known.user : null;
  if (known.logout) return logOut(user, site);
  if (!known.login) return user === null ? restore(known, site) : lend(user, site);
  if (user !== null && !known.loginRejected) {
    const login = await logIn(user, request.form.rememberMe === true, site);
    if (login !== null) return login;
    const max = site.desk.manager.limit.max;
    const text = `${user.name} has ${max} sessions already and new logins are refused at that limit (onLimit: deny)`;
    return { ...(await restore(known, site)), reason: 'login-denied', text };
  }
  const before = user === null ? await restore(known, site) : await lend(user, site);
  const text = `no method accepted this login; what was there stays as it was: ${before.text}`;
  return { ...before, reason: 'login-failed', text };
}
