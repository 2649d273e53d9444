// @ts-check
/** @import { AuthMethod, AuthRequest, AuthResult, TokenSession } from 'moin-sessions' */

/** The path at which API clients log in and out. Browsers have `/login` and `/logout`. */
export const SESSION_PATH = '/api/session';

/**
 * Sessions for API clients, whose token travels in `Authorization: Bearer TOKEN` and never in a cookie. Stands behind
 * `moin_login`, which checks name and password, and in front of `moin_session`, which serves the browsers.
 * @type {AuthMethod}
 */
export const bearer = {
  name: 'bearer',
  async authenticate(request, { user, login, logout, loginRejected, vetoed }, { context }) {
    const token = tokenOf(request);
    if (login && isSessionPath(request)) {
      if (!user?.valid || loginRejected) return { user, continue: false, reason: 'login-failed' };
      return answer(request, await context.logIn(user, { ...(token !== null && { replaces: token }) }));
    }
    if (token === null || vetoed) return { user, continue: true, reason: 'no-token' };
    return answer(request, await (logout ? context.logOut(token) : context.restore(token, user)));
  },
};

/** @param {AuthRequest} request */
function isSessionPath({ url }) {
  return url.split('?', 1)[0] === SESSION_PATH;
}

/**
 * The token of `Authorization: Bearer TOKEN` (RFC 6750, section 2.1); null without one.
 * @param {AuthRequest} request
 */
function tokenOf({ headers }) {
  const [, token] = /^bearer +(\S+)$/i.exec(String(headers.authorization ?? '')) ?? [];
  return token ?? null;
}

/**
 * Ends the chain, because `moin_session` would look for a session under its own cookie.
 * @param {AuthRequest} request
 * @param {TokenSession} opened
 * @returns {AuthResult}
 */
function answer(request, opened) {
  request.session = opened.session;
  const sent = tokenOf(request);
  const headers = () => ({
    'cache-control': 'no-store',
    vary: 'Authorization',
    // After a login, and after `session.rotate()`.
    'x-session-token': opened.token === sent ? undefined : (opened.token ?? undefined),
  });
  return { ...opened, continue: false, headers };
}
