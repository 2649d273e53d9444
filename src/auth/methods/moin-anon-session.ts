import { LiveSession } from '../../session/request/live.js';
import type { AuthMethod, AuthRequest, AuthResult, AuthSite, Known } from '../method.js';

/** `moin_anon_session`: sets a cookie for a visitor who has none (spec 3, A1 and A2). */
export function moinAnonSession(): AuthMethod {
  return { name: 'moin_anon_session', authenticate };
}

function authenticate(request: AuthRequest, known: Known, site: AuthSite): AuthResult {
  const { user } = known;
  const { context } = site;
  if (request.session?.available) {
    return passed(user, 'already-available', 'the request has a session already');
  }
  if (context.cookieDecided) {
    return passed(user, 'already-available', 'an earlier method has decided about the cookie');
  }
  if (!context.manager.lifetimes.anonymousAllowed) {
    return passed(user, 'disabled', 'anonymousCookieLifetime is 0: no anonymous sessions');
  }
  if (request.crossSite !== null) return passed(user, 'cross-site', `no cookie: ${request.crossSite.text}`);
  return { ...begin(request, known, site), effects: ['set an anon cookie with a new token'] };
}

/** A1: the session begins now or, by default, if the browser sends the cookie back. */
function begin(request: AuthRequest, { user, values }: Known, site: AuthSite): AuthResult {
  const { context, anonymousSessions } = site;
  const before = request.session;
  const hasValues = [...values.values()].some((value) => value !== undefined);
  // A session of another make is not replaced, and without any session no method would open ours at the next request.
  const isAtOnce = (anonymousSessions === 'first-visit' || hasValues) && before instanceof LiveSession;
  if (!isAtOnce) {
    context.issueToken(null);
    const text =
      'a cookie with a new token, and nothing else: the session begins if the browser sends it back';
    return passed(user, 'cookie-set', text);
  }
  const session = context.fresh(null);
  for (const [key, value] of before) session.set(key, value);
  request.session = session;
  const why = hasValues ? 'an earlier method keeps values in it' : 'anonymousSessions is first-visit';
  const text = `a cookie with a new token; the session is available at once (${why}), and the first value makes a record`;
  return passed(user, 'cookie-set', text);
}

function passed(user: Known['user'], reason: string, text: string): AuthResult {
  return { user, continue: true, reason, text };
}
