import type { SessionOwner, SessionRecord, Trace } from '../store/contract.js';
import {
  type CookieSigner,
  cookieAttributes,
  decisive,
  maxAge,
  type ReadCookie,
  serializeCookie,
} from './cookie.js';
import { LiveSession, type ResponseCookie } from './live.js';
import type { Found, Holder, SessionManager } from './manager.js';
import { SETUID } from './session.js';
import { idOf, newToken } from './token.js';

type GoodCookie = Extract<ReadCookie, { verdict: 'ok' }>;

/** What an outgoing cookie looks like, without its token: for `simulate`. */
export interface SetCookie {
  name: string;
  kind: 'anon' | 'user' | null;
  action: 'set' | 'delete';
  /** Seconds. */
  maxAge: number;
  attributes: string[];
}

/** What a login does to the session that the cookie stands for (S4). At most one of them. */
export interface Predecessor {
  /** Its data come along, and it goes. */
  moved: SessionRecord | null;
  /** The id of a visitor's token that has no record yet: it goes, with what a request under way may put there. */
  unused: string | null;
  /** The id of another user's session: it goes, and nothing comes along. */
  ended: string | null;
}

/**
 * All that happens to sessions and their cookie in one visit. The session methods of the chain decide with it, and
 * whoever replaces them works with it too. Logins and logouts are only noted while the chain runs, and done by
 * `settle` when it has come to its end: a chain that fails has changed nothing (spec 3).
 */
export class SessionDesk {
  readonly manager: SessionManager;
  /** All cookies of our name, as they came. */
  readonly cookies: readonly ReadCookie[];
  readonly #signer: CookieSigner;
  readonly #secure: boolean;
  readonly #response: ResponseCookie = { decision: null };
  #pending: (() => Promise<void>)[] = [];
  #overLimit = false;
  #leftAlone = false;

  /** @param request `pairs`: all its cookies; `secure`: it came over HTTPS */
  constructor(
    manager: SessionManager,
    signer: CookieSigner,
    request: { pairs: readonly (readonly [string, string])[]; secure: boolean },
  ) {
    this.manager = manager;
    this.#signer = signer;
    this.#secure = request.secure;
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
    return this.#leftAlone || this.#response.decision?.action === 'set';
  }

  find(id: string): Promise<Found> {
    return this.manager.find(id);
  }

  trace(id: string): Promise<Trace | null> {
    return this.manager.trace(id);
  }

  /** A session that is not available: reading gives nothing, writing is kept for this request alone (S1). */
  none(): LiveSession {
    return this.#session(null, null);
  }

  /** The session under a good cookie. */
  open(cookie: GoodCookie, owner: SessionOwner | null, record: SessionRecord | null): LiveSession {
    const { token, id, kind } = cookie;
    return this.#session({ token, id, cookieKind: kind, owner, remember: record?.remember ?? false }, record);
  }

  /** An empty session under a new token, for a client that is known to send cookies back. */
  fresh(owner: SessionOwner | null): LiveSession {
    return this.#session(this.mint(owner), null);
  }

  /** Has a cookie set with a new token, and nothing else (S7, A1). */
  mint(owner: SessionOwner | null): Holder {
    const holder = newHolder('anon', owner, false);
    const kind = owner === null ? 'anonymous' : 'user';
    const now = this.manager.now();
    const { cookieExpires } = this.manager.lifetimes.ends({ kind, remember: false, created: now }, now);
    this.#response.decision = { action: 'set', kind: 'anon', token: holder.token, cookieExpires };
    return holder;
  }

  /** Has the response say nothing about the cookie: the browser may be getting a newer one at this moment. */
  leaveCookie(): void {
    this.#leftAlone = true;
    this.#response.decision = null;
  }

  /** Has the cookie deleted (S3). */
  deleteCookie(): void {
    this.#response.decision = { action: 'delete' };
  }

  /** A new session for a user who logs in (S4), in place of the one that the cookie stood for. */
  login(owner: SessionOwner, remember: boolean, { moved, unused, ended }: Predecessor): LiveSession {
    const session = this.#session(newHolder('user', owner, remember), moved);
    session.hold();
    session.delete(SETUID);
    const from = moved ?? (unused === null ? null : { id: unused, revision: 0, data: {} });
    this.#pending.push(async () => {
      if (session.available) this.#overLimit = !(await session.logIn({ from, ended }));
      else if (from !== null) await this.manager.end(from.id, 'destroyed');
    });
    return session;
  }

  /** Ends a session for good (S6). */
  logout(id: string): void {
    this.#pending.push(async () => {
      await this.manager.end(id, 'logout');
    });
  }

  /** Does what the chain has decided. False when a login came to nothing: another one was first (S9, `deny`). */
  async settle(): Promise<boolean> {
    for (const task of this.#pending.splice(0)) await task();
    return !this.#overLimit;
  }

  /** Forgets what was decided: nobody is to be logged in after all. A deletion of the cookie stands. */
  forget(): void {
    this.#pending = [];
    if (this.#response.decision?.action === 'set') this.#response.decision = null;
  }

  /** The response's header fields, by lower-case name; none when the cookie stays as it is (spec 4). */
  headers(): Record<string, string> {
    const { decision } = this.#response;
    if (decision === null) return {};
    return {
      'set-cookie': serializeCookie(this.#signer, decision, {
        now: this.manager.now(),
        secure: this.#secure,
      }),
      'cache-control': 'no-cache="Set-Cookie"',
      vary: 'Cookie',
    };
  }

  /** The outgoing cookie without its token. */
  outgoing(): SetCookie[] {
    const { decision } = this.#response;
    if (decision === null) return [];
    const { name } = this.#signer;
    const now = this.manager.now();
    const attributes = cookieAttributes(name, decision, { now, secure: this.#secure });
    const kind = decision.action === 'set' ? decision.kind : null;
    return [{ name, kind, action: decision.action, maxAge: maxAge(decision, now), attributes }];
  }

  #session(holder: Holder | null, record: SessionRecord | null): LiveSession {
    return new LiveSession(this.manager, this.#response, holder, record);
  }
}

function newHolder(cookieKind: Holder['cookieKind'], owner: SessionOwner | null, remember: boolean): Holder {
  const token = newToken();
  return { token, id: idOf(token), cookieKind, owner, remember };
}
