import type { SessionOwner, SessionRecord } from '../../store/contract.js';
import { ResponseCookie, type SetCookie } from '../cookie/response-cookie.js';
import { type CookieSigner, decisive, type GoodCookie, type ReadCookie } from '../cookie/signer.js';
import { newIdentity, type SessionIdentity } from '../lifecycle/identity.js';
import type { SessionManager } from '../lifecycle/manager.js';
import { SETUID } from '../session.js';
import { type Availability, UNAVAILABLE } from './availability.js';
import { LiveSession } from './live.js';
import { type LoginPlan, type Predecessor, replacedBy } from './predecessor.js';

/**
 * All that happens to sessions and their cookie in one visit. The session methods of the chain decide with it, and
 * whoever replaces them works with it too. Logins and logouts are only noted while the chain runs, and done by
 * `applyPending` when it has come to its end: a chain that fails has changed nothing (spec 3).
 */
export class SessionContext {
  readonly manager: SessionManager;
  /** All cookies of our name, as they came. */
  readonly cookies: readonly ReadCookie[];
  readonly #signer: CookieSigner;
  readonly #crossSite: boolean;
  readonly #response: ResponseCookie;
  #pending: (() => Promise<void>)[] = [];
  #predecessor: Predecessor = { status: 'none' };
  #overLimit = false;

  /** @param request `pairs`: all its cookies; `secure`: it came over HTTPS; `crossSite`: another site sent it */
  constructor(
    manager: SessionManager,
    signer: CookieSigner,
    request: { pairs: readonly (readonly [string, string])[]; secure: boolean; crossSite?: boolean },
  ) {
    this.manager = manager;
    this.#signer = signer;
    this.#crossSite = request.crossSite === true;
    this.#response = new ResponseCookie(signer, request, manager.now);
    this.cookies = signer.readAll(request.pairs);
  }

  /** The cookie that counts: the first good one, or else the first. */
  get cookie(): ReadCookie {
    return decisive(this.cookies);
  }

  /** How many secrets verify cookies: for explanations. */
  get secrets(): number {
    return this.#signer.secrets;
  }

  /** True when the response will set a cookie, or must say nothing about it. */
  get cookieDecided(): boolean {
    return this.#response.isDecided;
  }

  /** A session that is not available: reading gives nothing, writing is kept for this request alone (S1). */
  unavailable(): LiveSession {
    return this.#session(UNAVAILABLE);
  }

  /** The session under a good cookie. */
  open(cookie: GoodCookie, owner: SessionOwner | null, record: SessionRecord | null): LiveSession {
    const { token, id, kind } = cookie;
    const identity = { token, id, cookieKind: kind, owner, remember: record?.remember ?? false };
    return this.#session({ status: 'open', identity, record });
  }

  /** An empty session under a new token, for a client that is known to send cookies back. */
  fresh(owner: SessionOwner | null): LiveSession {
    return this.#session({ status: 'open', identity: this.issueToken(owner), record: null });
  }

  /** Has a cookie set with a new token, and nothing else (S7, A1). */
  issueToken(owner: SessionOwner | null): SessionIdentity {
    const identity = newIdentity({ cookieKind: 'anon', owner, remember: false });
    this.#response.set(identity.cookieKind, identity.token, this.manager.firstCookieExpires(identity));
    return identity;
  }

  /** Has the response say nothing about the cookie: the browser may be getting a newer one at this moment. */
  leaveCookie(): void {
    this.#response.leaveAlone();
  }

  /** Has the cookie deleted (S3). */
  deleteCookie(): void {
    this.#response.delete();
  }

  /**
   * A new session for a user who logs in (S4), in place of the one that the cookie stood for.
   * @param leave keys whose values do not move along
   */
  login(
    owner: SessionOwner,
    remember: boolean,
    { predecessor, ended }: LoginPlan,
    leave: readonly string[] = [],
  ): LiveSession {
    const left = [SETUID, ...leave];
    const record = predecessor.status === 'open' ? predecessor.record : null;
    const identity = newIdentity({ cookieKind: 'user', owner, remember });
    const session = this.#session({ status: 'pending', identity, record });
    for (const key of left) session.delete(key);
    this.#predecessor = predecessor;
    const replaced = replacedBy(predecessor);
    this.#pending.push(async () => {
      if (session.available) this.#overLimit = !(await session.logIn({ replaced, ended }, left));
      else if (replaced !== null) await this.manager.end(replaced.id, 'destroyed');
    });
    return session;
  }

  /**
   * What a login that came to nothing leaves (S5): the session that there was, and its user if it is theirs by the cookie
   * alone. One that an auth method had to open is closed.
   */
  beforeLogin(): { session: LiveSession; user: SessionOwner | null } {
    const before = this.#predecessor;
    if (before.status === 'unused') return { session: this.open(before.cookie, null, null), user: null };
    if (before.status === 'open' && (before.owner === null || before.cookie.kind === 'user'))
      return { session: this.open(before.cookie, before.owner, before.record), user: before.owner };
    return { session: this.unavailable(), user: null };
  }

  /**
   * Ends a session for good, or the one that has just taken its place (S6).
   * @param userId whose that one must be; null for the user of the session itself
   */
  logout(id: string, userId: string | null): void {
    this.#pending.push(() => this.manager.logOut(id, userId));
  }

  /** Whether the chain has decided what is still to be done. */
  get isPending(): boolean {
    return this.#pending.length > 0;
  }

  /** Does what the chain has decided. False when a login came to nothing: another one was first (S9, `deny`). */
  async applyPending(): Promise<boolean> {
    for (const task of this.#pending.splice(0)) await task();
    return !this.#overLimit;
  }

  /** Forgets what was decided: nobody is to be logged in after all. A deletion of the cookie stands. */
  rollBack(): void {
    this.#pending = [];
    this.#response.rollBack();
  }

  /** The response's header fields, by lower-case name; none when the cookie stays as it is (spec 4). */
  headers(): Record<string, string> {
    return this.#response.headers();
  }

  /** The outgoing cookie without its token. */
  outgoing(): SetCookie[] {
    return this.#response.outgoing();
  }

  #session(state: Availability): LiveSession {
    return new LiveSession(this.manager, this.#response, state, this.#crossSite);
  }
}
