import { warn } from '../../base/warn.js';

/**
 * Why a request's session is not available (S1):
 *
 * - `no-method`: the chain has no `moin_session`
 * - `cross-site`: another site sent the request
 * - `followed-link`: somebody followed a link from another site, and the cookie is `SameSite=Strict`
 * - `logged-out`: the request has ended its session by a logout (S6)
 * - `closed`: the session stays closed for this request: after a veto (S5), or because its token was just replaced (S3)
 * - `first-visit`: `moin_anon_session` has just set the visitor's cookie (A1)
 * - `first-request`: `moin_session` has just set the cookie of a user who does not log in by it (S7)
 * - `no-session`: anything else
 */
export type Unavailability =
  | 'no-method'
  | 'cross-site'
  | 'followed-link'
  | 'logged-out'
  | 'closed'
  | 'first-visit'
  | 'first-request'
  | 'no-session';

const REMEDIES: Readonly<Record<Unavailability, string>> = {
  'no-method': "put 'moin_session' into 'auth', or check session.available first",
  'cross-site':
    "another site sent it, so the browser left out the visitor's cookie: check session.available first, or put that site into 'trustedOrigins' if it is yours",
  'followed-link':
    "somebody followed a link from another site, so the browser left out the visitor's cookie: check session.available first, or let the cookie come with links by cookieSameSite: 'Lax'",
  'logged-out':
    'it has logged out, which ended its session: check session.available first, or give the value to the next page in its URL',
  closed:
    'its session stays closed this time, because an auth method took the user away or another request has just replaced the token: check session.available first',
  'first-visit':
    "it is a visitor's first: check session.available first, or give visitors a session at once with anonymousSessions: 'first-visit'",
  'first-request':
    "it is the user's first without a cookie: check session.available first, because the session begins when the client sends the cookie back",
  'no-session':
    "check session.available first, or give visitors sessions with 'moin_anon_session' and anonymousCookieLifetime",
};

const warned = new Set<Unavailability>();

/** S1: warns once in a process for each remedy, because any stranger can cause the cross-site warning. */
export function warnUnavailable(key: string, why: Unavailability): void {
  if (warned.has(why)) return;
  warned.add(why);
  warn(
    'MOIN_SESSIONS_UNAVAILABLE',
    `session key ${JSON.stringify(key)} was set on a request that has no session, so it is kept for this request alone; ${REMEDIES[why]}`,
  );
}
