import type { AuthResponse, AuthStep } from '../auth/method.js';
import type { SetCookie } from '../session/cookie/response-cookie.js';
import type { ReadCookie } from '../session/cookie/signer.js';
import type { Session } from '../session/session.js';
import type { LoginResult } from './login-result.js';
import type { LogInOptions, RouteResult, RouteUser } from './route-login.js';
import type { VisitUser } from './visit-user.js';

/** One request after the auth chain: its user and its session (spec 5). */
export interface Visit {
  /** The user who is logged in, or null. After a change of user, the user that was changed to, with that user's fields. */
  readonly user: VisitUser | null;
  /** The user who is logged in, or null. A change of user does not change it. */
  readonly realUser: VisitUser | null;
  /** What became of the last login of this request, by form, by an auth method or by `logIn`. */
  readonly loginResult: LoginResult;
  /** A session even if nothing can be saved: see `session.available`. */
  readonly session: Session;
  /** The input, the decision and the effects of each auth method. */
  readonly trace: readonly AuthStep[];
  /** The answer that an auth method gives in place of the application, or null. Send it with the headers of `commit()`. */
  readonly response: AuthResponse | null;
  /** The session cookies that came in, without their tokens. */
  readonly cookies: readonly CookieReport[];
  /**
   * Logs a user in from a route, after a sign-up, a magic link or an OAuth callback, by the rules of a login form (S4, S9).
   * The session keeps its object and gets a new token. A visitor's values move along, and so does what this request has
   * set; another user's session ends. `user` and `loginResult` follow. The record is written at once; the cookie goes out
   * with the response. It does not check who sent the request: a route that takes passwords must be safe from CSRF.
   * @returns `failed` for a user whom the user directory does not know or has disabled, `denied` at the limit of sessions
   *   with `onLimit: 'deny'`: then nothing has changed
   * @throws LateLoginError when the response has begun; ConfigurationError in a chain without `moin_session`; TypeError for
   *   a user without an id; StoreError when the store or the user directory is out of reach: nobody
   *   is logged in then, and a session over the limit may have ended (S9)
   */
  logIn(user: RouteUser, options?: LogInOptions): Promise<RouteResult>;
  /**
   * Logs out from a route, as a logout form does (S6): ends the session and deletes the cookie. A visitor keeps both.
   * @throws ConfigurationError as `logIn`; StoreError when the store is out of reach
   */
  logOut(): Promise<void>;
  /**
   * Saves the session and returns the header fields to send, by lower-case name: `vary` always, `cache-control` for a
   * visitor with a user, a session or a new cookie, `set-cookie` if the cookie changes, and those that auth methods add. Several cookies are a list. A `set-cookie` comes beside the
   * application's own, and `vary` is added to its names. `cache-control` yields to the application's own, unless it is the `no-store` of an auth method; with a
   * `set-cookie` the own one gets `no-cache="Set-Cookie"`, unless it has `no-store` or `no-cache`. Call it before the
   * response's first byte. It may be called again after further changes.
   * @throws StoreError when the session cannot be saved: answer with a 500
   */
  commit(): Promise<Record<string, string | string[]>>;
  /** The cookie that the response would carry, without its token. */
  outgoing(): SetCookie[];
}

/** An incoming cookie, without its token. */
export interface CookieReport {
  name: string;
  kind: 'anon' | 'user' | null;
  verdict: ReadCookie['verdict'];
  sessionId: string | null;
  /** The index of the secret that verified it; 0 is the one that signs. Null if no secret did. */
  secret: number | null;
}
