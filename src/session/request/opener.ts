import type { SessionClient, SessionOwner, SessionRecord } from '../../store/contract.js';
import { type CookieMaker, ResponseCookie, type SetCookie } from '../cookie/response-cookie.js';
import { type CookieSigner, decisive, type GoodCookie, type ReadCookie } from '../cookie/signer.js';
import type { TokenCarrier } from '../cookie/token-carrier.js';
import { newIdentity, type SessionIdentity } from '../lifecycle/identity.js';
import type { SessionManager } from '../lifecycle/manager.js';
import { type Availability, CLOSED, LOGGED_OUT, UNAVAILABLE } from './availability.js';
import { LiveSession } from './live.js';
import type { Unavailability } from './unavailable-warning.js';

/** Why the chain or the request's sender rules out a new session. */
export type NoSession = Extract<Unavailability, 'no-method' | 'cross-site' | 'followed-link'>;

/** Reads the cookies of one visit, opens sessions, and decides on the cookie of its response. */
export class SessionOpener {
  readonly manager: SessionManager;
  /** The request's cookies of our name, in their order. */
  readonly cookies: readonly ReadCookie[];
  readonly #signer: CookieSigner;
  readonly #noSession: NoSession | null;
  /** What records keep of the client; null if nothing. */
  readonly client: SessionClient | null;
  /** The cookie of the response: where tokens go unless an auth method sends them by other means. */
  protected readonly response: ResponseCookie;
  /** The `origin` of a visitor's session of this visit. Undefined: as its record has it. */
  visitorOrigin: string | undefined;
  /** The latest token that `issueToken` made, or null. */
  #issued: SessionIdentity | null = null;

  /**
   * @param request `pairs`: all its cookies; `secure`: it came over HTTPS; `noSession`: why it gets no new session, for
   *   warnings; `client`: what records keep of the client
   */
  constructor(
    site: CookieMaker & { readonly manager: SessionManager },
    request: {
      pairs: readonly (readonly [string, string])[];
      secure: boolean;
      noSession?: NoSession | null;
      client?: SessionClient | null;
    },
  ) {
    this.manager = site.manager;
    this.#signer = site.signer;
    this.#noSession = request.noSession ?? null;
    this.client = request.client ?? null;
    this.response = new ResponseCookie(site, request, site.manager.now);
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
    return this.response.isDecided;
  }

  /** A session that is not available: it is empty, and its values are kept for this request alone (S1). */
  unavailable(): LiveSession {
    return this.sessionIn(UNAVAILABLE);
  }

  /** The session after a logout, which is not available (S6). */
  afterLogout(): LiveSession {
    return this.sessionIn(LOGGED_OUT);
  }

  /** A session that is not available although a cookie came in: the one under the cookie stays as it is (S3, S5). */
  closed(): LiveSession {
    return this.sessionIn(CLOSED);
  }

  /** The session under a good cookie. @param carrier where its tokens go; default: the cookie */
  open(
    cookie: GoodCookie,
    owner: SessionOwner | null,
    record: SessionRecord | null,
    carrier: TokenCarrier = this.response,
  ): LiveSession {
    const { token, id, kind } = cookie;
    const remember = record?.remember ?? false;
    const origin = (owner === null ? this.visitorOrigin : undefined) ?? record?.origin;
    const identity = { token, id, cookieKind: kind, owner, remember, client: this.client, origin };
    return this.sessionIn({ status: 'open', identity, record }, carrier);
  }

  /** An empty session under a new token, available at once. Sets the cookie. */
  fresh(owner: SessionOwner | null): LiveSession {
    return this.sessionIn({ status: 'open', identity: this.issueToken(owner), record: null });
  }

  /** Sets a cookie with a new token, and writes no session (S7, A1). */
  issueToken(owner: SessionOwner | null): SessionIdentity {
    const { client, visitorOrigin: origin } = this;
    const identity = newIdentity({ cookieKind: 'anon', owner, remember: false, client, origin });
    this.response.set(identity, this.manager.firstCookieExpires(identity));
    this.#issued = identity;
    return identity;
  }

  /** Sends no `Set-Cookie`: another response may be giving the browser a newer cookie. */
  leaveCookie(): void {
    this.response.leaveAlone();
  }

  /** Deletes the cookie with the response (S3). */
  deleteCookie(): void {
    this.response.delete();
  }

  /**
   * The response's header fields, by lower-case name (spec 4).
   * @param isPersonal a user is logged in, or a session is available
   */
  headers(isPersonal: boolean): Readonly<Record<string, string>> {
    return this.response.headers(isPersonal);
  }

  /** The outgoing cookie without its token. */
  outgoing(): SetCookie[] {
    return this.response.outgoing();
  }

  /** A session in this state. */
  protected sessionIn(state: Availability, carrier: TokenCarrier = this.response): LiveSession {
    return new LiveSession(this.manager, carrier, state, (why) => this.#whyUnavailable(why));
  }

  #whyUnavailable(why: Unavailability | undefined): Unavailability {
    if (this.#noSession === 'no-method') return 'no-method';
    if (this.#issued !== null && this.response.isDecided)
      return this.#issued.owner === null ? 'first-visit' : 'first-request';
    return why ?? this.#noSession ?? 'no-session';
  }
}
