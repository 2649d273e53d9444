import type { AuthResponse, AuthStep } from '../auth/method.js';
import type { SetCookie } from '../session/cookie/response-cookie.js';
import type { ReadCookie } from '../session/cookie/signer.js';
import type { SessionContext } from '../session/request/context.js';
import { LiveSession } from '../session/request/live.js';
import type { Session } from '../session/session.js';
import type { SessionOwner } from '../store/contract.js';
import type { Site } from './site.js';

/** One request through the auth chain: who it is, and the session (spec 5). */
export interface Visit {
  /** Who is logged in, or null. After a change of user the one changed to. */
  readonly user: SessionOwner | null;
  /** Who really is logged in, or null. */
  readonly realUser: SessionOwner | null;
  /** Always there; see `session.available`. */
  readonly session: Session;
  /** What each auth method got, decided and did. */
  readonly trace: readonly AuthStep[];
  /** What an auth method answers in place of the application, or null: send this, with the headers of `commit()`. */
  readonly response: AuthResponse | null;
  /** The session cookies that came in, without their tokens. */
  readonly cookies: readonly CookieReport[];
  /**
   * Saves the session and gives the header fields to send, by lower-case name: `set-cookie`, `cache-control` and
   * `vary`, or none. Call it before the response's first byte. May be called again after further changes.
   * @throws StoreError when the session could not be saved: answer with a 500.
   */
  commit(): Promise<Record<string, string>>;
  /** The cookie that the response would carry, without its token. */
  outgoing(): SetCookie[];
}

/** An incoming cookie as it may be shown. */
export interface CookieReport {
  name: string;
  kind: 'anon' | 'user' | null;
  verdict: ReadCookie['verdict'];
  sessionId: string | null;
  /** Which secret verified it, from 0, the one that signs; null if none did. */
  secret: number | null;
}

/** A visit, and the site that it is made to. */
export class SiteVisit implements Visit {
  user: SessionOwner | null;
  readonly realUser: SessionOwner | null;
  readonly session: Session;
  readonly trace: readonly AuthStep[];
  readonly response: AuthResponse | null;
  readonly site: Site;
  readonly #context: SessionContext;

  constructor(
    site: Site,
    context: SessionContext,
    { session, user, trace, response }: Pick<Visit, 'session' | 'user' | 'trace' | 'response'>,
  ) {
    this.site = site;
    this.#context = context;
    this.session = session;
    this.user = user;
    this.realUser = user;
    this.trace = trace;
    this.response = response;
  }

  get cookies(): CookieReport[] {
    return this.#context.cookies.map((cookie) => report(this.site.signer.name, cookie));
  }

  async commit(): Promise<Record<string, string>> {
    await this.session.save();
    return this.#context.headers();
  }

  /** What `commit` would give, where it has nothing to save: no need to wait. Null where it has. @throws as `commit` */
  headersNow(): Record<string, string> | null {
    const isSettled = this.session instanceof LiveSession && this.session.isSettled;
    return isSettled ? this.#context.headers() : null;
  }

  /** Whether something is known to be unsaved. Of a session that an auth method made itself nothing is. @throws as `commit` */
  hasChanges(): boolean {
    return this.session instanceof LiveSession && !this.session.isSettled;
  }

  outgoing(): SetCookie[] {
    return this.#context.outgoing();
  }
}

/** @throws TypeError when it is anything else than what `begin` gives */
export function asSiteVisit(visit: Visit): SiteVisit {
  if (visit instanceof SiteVisit) return visit;
  throw new TypeError('this is no visit: give what sessions.begin() gave');
}

function report(name: string, cookie: ReadCookie): CookieReport {
  const { verdict, kind } = cookie;
  if (verdict !== 'ok') return { name, kind, verdict, sessionId: null, secret: null };
  return { name, kind, verdict, sessionId: cookie.id, secret: cookie.secret };
}
