import type { AuthMethod, AuthRequest, AuthResult, AuthSite, Known } from './method.js';

/** `moin_anon_session`: a cookie for a visitor who has none (spec 3, A1 and A2). */
export function moinAnonSession(): AuthMethod {
  return { name: 'moin_anon_session', authenticate };
}

function authenticate(request: AuthRequest, { user }: Known, { desk }: AuthSite): AuthResult {
  const passed = { user, continue: true };
  if (request.session?.available) {
    return { ...passed, reason: 'already-available', text: 'the request has a session already' };
  }
  if (desk.cookieDecided) {
    return { ...passed, reason: 'already-available', text: 'an earlier method has decided about the cookie' };
  }
  if (!desk.manager.lifetimes.anonymousAllowed) {
    return { ...passed, reason: 'disabled', text: 'anonymousCookieLifetime is 0: no anonymous sessions' };
  }
  desk.mint(null);
  const text = 'a cookie with a new token, and nothing else: the session begins if the browser sends it back';
  return { ...passed, reason: 'cookie-set', text, effects: ['set an anon cookie with a new token'] };
}
