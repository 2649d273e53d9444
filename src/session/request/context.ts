import type { SessionClient, SessionOwner, SessionRecord } from '../../store/contract.js';
import { type CookieMaker, ResponseCookie, type SetCookie } from '../cookie/response-cookie.js';
import { type CookieSigner, decisive, type GoodCookie, type ReadCookie } from '../cookie/signer.js';
import { newIdentity, type SessionIdentity } from '../lifecycle/identity.js';
import type { SessionManager } from '../lifecycle/manager.js';
import { isLogin } from '../lifecycle/state.js';
import { SETUID } from '../session.js';
import { type Availability, UNAVAILABLE } from './availability.js';
import { LiveSession } from './live.js';
import { type LoginPlan, type Predecessor, replacedBy } from './predecessor.js';
import type { Unavailability } from './unavailable-warning.js';

/**
 * Opens sessions, logs users in and out, and decides on the cookie, for one visit. The session methods of the chain
 * use it, and so do methods that replace them. While the chain runs, logins and logouts are only noted;
 * `applyPending` does them after the last method. So a chain that fails changes nothing (spec 3).
 */
export class SessionContext {
  readonly manager: SessionManager;
  /** The request's cookies of our name, in their order. */
  readonly cookies: readonly ReadCookie[];
  readonly #signer: CookieSigner;
  readonly #crossSite: boolean;
  /** What records keep of the client; null if nothing. */
  readonly client: SessionClient | null;
  readonly #response: ResponseCookie;
  #pending: (() => Promise<void>)[] = [];
  #predecessor: Predecessor = { status: 'none' };
  #overLimit = false;
  #loggedOut: SessionRecord | null = null;
  /** The latest token that `issueToken` made, or null. */
  #issued: SessionIdentity | null = null;

  /**
   * @param request `pairs`: all its cookies; `secure`: it came over HTTPS; `crossSite`: another site sent it; `client`: what
   *   records keep of the client
   */
  constructor(
    site: CookieMaker & { readonly manager: SessionManager },
    request: {
      pairs: readonly (readonly [string, string])[];
      secure: boolean;
      crossSite?: boolean;
      client?: SessionClient | null;
    },
  ) {
    this.manager = site.manager;
    this.#signer = site.signer;
    this.#crossSite = request.crossSite === true;
    this.client = request.client ?? null;
    this.#response = new ResponseCookie(site, request, site.manager.now);
    this.cookies = site.signer.readAll(request.pairs);
  }

  /** The cookie that counts: the first with a good signature, or else the first. */
  get cookie(): ReadCookie {
    return decisive(this.cookies);
  }

  /** The number of secrets that can verify a cookie: for explanations. */
  get secrets(): number {
    return this.#signer.secrets;
  }

  /** Whether the response sets a cookie, or must not mention it. */
  get cookieDecided(): boolean {
    return this.#response.isDecided;
  }

  /** A session that is not available: it is empty, and its values are kept for this request alone (S1). */
  unavailable(): LiveSession {
    return this.#session(UNAVAILABLE);
  }

  /** The session under a good cookie. */
  open(cookie: GoodCookie, owner: SessionOwner | null, record: SessionRecord | null): LiveSession {
    const { token, id, kind } = cookie;
    const remember = record?.remember ?? false;
    const identity = { token, id, cookieKind: kind, owner, remember, client: this.client };
    return this.#session({ status: 'open', identity, record });
  }

  /** An empty session under a new token, available at once. Sets the cookie. */
  fresh(owner: SessionOwner | null): LiveSession {
    return this.#session({ status: 'open', identity: this.issueToken(owner), record: null });
  }

  /** Sets a cookie with a new token, and writes no session (S7, A1). */
  issueToken(owner: SessionOwner | null): SessionIdentity {
    const identity = newIdentity({ cookieKind: 'anon', owner, remember: false, client: this.client });
    this.#response.set(identity, this.manager.firstCookieExpires(identity));
    this.#issued = identity;
    return identity;
  }

  /** Sends no `Set-Cookie`: another response may be giving the browser a newer cookie. */
  leaveCookie(): void {
    this.#response.leaveAlone();
  }

  /** Deletes the cookie with the response (S3). */
  deleteCookie(): void {
    this.#response.delete();
  }

  /**
   * A new session for a user who logs in (S4). It replaces the predecessor of the plan.
   * @param leave keys whose values the new session does not get
   */
  login(
    owner: SessionOwner,
    remember: boolean,
    { predecessor, ended }: LoginPlan,
    leave: readonly string[] = [],
  ): LiveSession {
    const leftOut = [SETUID, ...leave];
    const record = predecessor.status === 'open' ? predecessor.record : null;
    const identity = newIdentity({ cookieKind: 'user', owner, remember, client: this.client });
    const session = this.#session({ status: 'pending', identity, record });
    for (const key of leftOut) session.delete(key);
    this.#predecessor = predecessor;
    const replaced = replacedBy(predecessor);
    this.#pending.push(async () => {
      if (session.available) this.#overLimit = !(await session.logIn({ replaced, ended }, leftOut));
      else if (replaced !== null) await this.manager.end(replaced.id, 'destroyed');
    });
    return session;
  }

  /**
   * The session and the user after a login that was refused (S5): the session before the login, and its user if the
   * cookie alone identified them. A session that needed an auth method to open it stays closed.
   */
  beforeLogin(): { session: LiveSession; user: SessionOwner | null } {
    const before = this.#predecessor;
    if (before.status === 'unused') return { session: this.open(before.cookie, null, null), user: null };
    if (before.status === 'open' && (before.owner === null || before.cookie.kind === 'user'))
      return { session: this.open(before.cookie, before.owner, before.record), user: before.owner };
    return { session: this.unavailable(), user: null };
  }

  /**
   * Notes a logout: it ends the session for good, or the session that has just replaced it (S6).
   * @param userId the only user whose replacing session ends; null: any user's
   */
  logout(id: string, userId: string | null): void {
    this.#pending.push(async () => {
      const ended = await this.manager.logOut(id, userId);
      if (ended !== null && isLogin(ended, this.manager.now())) this.#loggedOut ??= ended;
    });
  }

  /** The first login that a noted logout has ended; null if there was none. For the event `logout`. */
  get loggedOut(): SessionRecord | null {
    return this.#loggedOut;
  }

  /** Whether logins or logouts wait for `applyPending`. */
  get isPending(): boolean {
    return this.#pending.length > 0;
  }

  /** Does the noted logins and logouts. Returns false when a login was refused because others came first (S9). */
  async applyPending(): Promise<boolean> {
    for (const task of this.#pending.splice(0)) await task();
    return !this.#overLimit;
  }

  /** Discards the noted logins and logouts, and a cookie to set. A deletion of the cookie stands. */
  rollBack(): void {
    this.#pending = [];
    this.#response.rollBack();
  }

  /**
   * The response's header fields, by lower-case name (spec 4).
   * @param isPersonal a user is logged in, or a session is available
   */
  headers(isPersonal: boolean): Record<string, string> {
    return this.#response.headers(isPersonal);
  }

  /** The outgoing cookie without its token. */
  outgoing(): SetCookie[] {
    return this.#response.outgoing();
  }

  #session(state: Availability): LiveSession {
    return new LiveSession(this.manager, this.#response, state, () => this.#whyUnavailable());
  }

  #whyUnavailable(): Unavailability {
    if (this.#crossSite) return 'cross-site';
    if (this.#issued === null || !this.#response.isDecided) return 'no-session';
    return this.#issued.owner === null ? 'first-visit' : 'first-request';
  }
}
