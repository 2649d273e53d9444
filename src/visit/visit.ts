import type { AuthResponse, AuthSite, AuthStep, CrossSite } from '../auth/method.js';
import type { SetCookie } from '../session/cookie/response-cookie.js';
import type { ReadCookie } from '../session/cookie/signer.js';
import { LiveSession } from '../session/request/live.js';
import type { ResponseProgress } from '../session/request/response-progress.js';
import type { Session } from '../session/session.js';
import type { SessionOwner } from '../store/contract.js';
import type { LoginEvents } from './login-events.js';
import type { LoginResult } from './login-result.js';
import type { LogInOptions, RouteResult, RouteUser } from './route-login.js';
import { RouteLogins } from './route-logins.js';
import type { Site } from './site.js';

/** One request after the auth chain: its user and its session (spec 5). */
export interface Visit {
  /** The user who is logged in, or null. After a change of user, the user that was changed to. */
  readonly user: SessionOwner | null;
  /** The user who is logged in, or null. A change of user does not change it. */
  readonly realUser: SessionOwner | null;
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
   *   a user without an id; StoreError when the store or the user directory is out of reach: nothing has changed then
   */
  logIn(user: RouteUser, options?: LogInOptions): Promise<RouteResult>;
  /**
   * Logs out from a route, as a logout form does (S6): ends the session and deletes the cookie. A visitor keeps both.
   * @throws ConfigurationError as `logIn`; StoreError when the store is out of reach
   */
  logOut(): Promise<void>;
  /**
   * Saves the session and returns the header fields to send, by lower-case name: `set-cookie`, `cache-control` and
   * `vary`, or none. Call it before the response's first byte. It may be called again after further changes.
   * @throws StoreError when the session cannot be saved: answer with a 500
   */
  commit(): Promise<Record<string, string>>;
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

/** A visit together with its site. */
export class SiteVisit implements Visit {
  user: SessionOwner | null;
  realUser: SessionOwner | null;
  loginResult: LoginResult = 'none';
  readonly session: Session;
  readonly trace: readonly AuthStep[];
  readonly response: AuthResponse | null;
  readonly site: Site;
  /** Set when another site sent the request. */
  readonly crossSite: CrossSite | null;
  /** How far the response is; null if nobody knows. */
  progress: ResponseProgress | null = null;
  readonly parts: AuthSite;
  readonly events: LoginEvents;
  /** Null before the first login or logout from a route. */
  #logins: RouteLogins | null = null;

  constructor(
    site: Site,
    { parts, events, crossSite }: { parts: AuthSite; events: LoginEvents; crossSite: CrossSite | null },
    { session, user, trace, response }: Pick<Visit, 'session' | 'user' | 'trace' | 'response'>,
  ) {
    this.site = site;
    this.parts = parts;
    this.events = events;
    this.crossSite = crossSite;
    this.session = session;
    this.user = user;
    this.realUser = user;
    this.trace = trace;
    this.response = response;
  }

  get cookies(): CookieReport[] {
    return this.parts.context.cookies.map((cookie) => report(this.site.signer.name, cookie));
  }

  async logIn(user: RouteUser, options?: LogInOptions): Promise<RouteResult> {
    return this.#routeLogins.logIn(user, options);
  }

  async logOut(): Promise<void> {
    return this.#routeLogins.logOut();
  }

  /** Tells the visit, and its session, how far the response is. */
  follow(progress: ResponseProgress): void {
    this.progress = progress;
    if (this.session instanceof LiveSession) this.session.follow(progress);
  }

  async commit(): Promise<Record<string, string>> {
    await this.#logins?.settled();
    await this.session.save();
    return this.parts.context.headers();
  }

  /** As `commit`, without a promise. Null if there is something to save, or may be, as in an auth method's own session. */
  headersNow(): Record<string, string> | null {
    const isSettled = this.session instanceof LiveSession && this.session.isSettled && this.#areLoginsOver;
    return isSettled ? this.parts.context.headers() : null;
  }

  /** Whether the session has unsaved changes. False for an auth method's own session, whose changes are not known. */
  hasChanges(): boolean {
    return this.session instanceof LiveSession && !this.session.isSettled;
  }

  outgoing(): SetCookie[] {
    return this.parts.context.outgoing();
  }

  get #routeLogins(): RouteLogins {
    this.#logins ??= new RouteLogins(this);
    return this.#logins;
  }

  get #areLoginsOver(): boolean {
    return this.#logins === null || this.#logins.isIdle;
  }
}

/** @throws TypeError when this is not a visit that `begin` returned */
export function asSiteVisit(visit: Visit): SiteVisit {
  if (visit instanceof SiteVisit) return visit;
  throw new TypeError('this is not a visit: pass the result of sessions.begin()');
}

function report(name: string, cookie: ReadCookie): CookieReport {
  const { verdict, kind } = cookie;
  if (verdict !== 'ok') return { name, kind, verdict, sessionId: null, secret: null };
  return { name, kind, verdict, sessionId: cookie.id, secret: cookie.secret };
}
