import type { AuthMethod, AuthRequest, AuthResult, ChainSite, Known } from '../method.js';

/** `moin_anon_session`: sets a cookie for a visitor who has none (spec 3, A1 and A2). */
export function moinAnonSession(): AuthMethod {
  return { name: 'moin_anon_session', authenticate };
}

function authenticate(request: AuthRequest, { user }: Known, { context }: ChainSite): AuthResult {
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
  context.issueToken(null);
  const text = 'a cookie with a new token, and nothing else: the session begins if the browser sends it back';
  return { ...passed(user, 'cookie-set', text), effects: ['set an anon cookie with a new token'] };
}

function passed(user: Known['user'], reason: string, text: string): AuthResult {
  return { user, continue: true, reason, text };
}
