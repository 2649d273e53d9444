import type { AuthMethod, AuthRequest, AuthResult, AuthSite, AuthUser, CrossSite, Known } from '../method.js';
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
  const { crossSite } = request;
  const decided = await decide(request, known, site);
  const outcome = crossSite === null ? decided : ofOtherSite(decided, crossSite, known, site);
  const { session, user, reason, text, effects = [] } = outcome;
  request.session = session;
  return { user, continue: true, reason, text, effects };
}

function decide(request: AuthRequest, known: Known, site: AuthSite): Promise<Outcome> {
  const user = known.user?.valid ? known.user : null;
  if (known.logout) return logOut(user, site);
  return known.login ? decideLogin(user, request, known, site) : find(user, known, site);
}

/**
 * Spec 3, cross-site: what the request's own cookie opens, it opens here too, and a login that a method established by
 * itself stands. But a browser sends no `SameSite=Lax` cookie along: an anonymous one would overwrite a login's.
 */
function ofOtherSite(
  decided: Outcome,
  { text, asksForLogin }: CrossSite,
  { login }: Known,
  { desk }: AuthSite,
): Outcome {
  const isCookieSet = desk.outgoing().some(({ action }) => action === 'set');
  if (isCookieSet) {
    desk.forget();
    const { user } = decided;
    return { session: desk.none(), user, reason: 'cross-site', text: `no cookie and no session: ${text}` };
  }
  if (!asksForLogin || login) return decided;
  return { ...decided, reason: 'cross-site', text: `the form counts for nothing: ${text}; ${decided.text}` };
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
): Promise<Outcome> {
  if (user !== null && !known.loginRejected) {
    const login = await logIn(user, request.form.rememberMe === true, site);
    if (login !== null) return login;
    const max = site.desk.manager.limit.max;
    const text = `${user.name} has ${max} sessions already and new logins are refused at that limit (onLimit: deny)`;
    return { ...(await restore(known, site)), reason: 'login-denied', text };
  }
  const before = await find(user, known, site);
  const text = `no method accepted this login; what was there stays as it was: ${before.text}`;
  return { ...before, reason: 'login-failed', text };
}
