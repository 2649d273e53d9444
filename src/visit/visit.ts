import type { AuthResponse, AuthStep } from '../auth/method.js';
import type { SetCookie } from '../session/cookie/response-cookie.js';
import type { ReadCookie } from '../session/cookie/signer.js';
import type { SessionContext } from '../session/request/context.js';
import { LiveSession } from '../session/request/live.js';
import type { Session } from '../session/session.js';
import type { SessionOwner } from '../store/contract.js';
import type { Site } from './site.js';

/** One request after the auth chain: its user and its session (spec 5). */
export interface Visit {
  /** The user who is logged in, or null. After a change of user, the user that was changed to. */
  readonly user: SessionOwner | null;
  /** The user who is logged in, or null. A change of user does not change it. */
  readonly realUser: SessionOwner | null;
  /** A session even if nothing can be saved: see `session.available`. */
  readonly session: Session;
  /** The input, the decision and the effects of each auth method. */
  readonly trace: readonly AuthStep[];
  /** The answer that an auth method gives in place of the application, or null. Send it with the headers of `commit()`. */
  readonly response: AuthResponse | null;
  /** The session cookies that came in, without their tokens. */
  readonly cookies: readonly CookieReport[];
  /**
   * Saves the session and returns the header fields to send, by lower-case name: `vary` always, `cache-control` for a
   * visitor with a user, a session or a new cookie, `set-cookie` if the cookie changes. A `set-cookie` comes beside the
   * application's own, and `vary` is added to its names. `cache-control` yields to the application's own; with a
   * `set-cookie` the own one gets `no-cache="Set-Cookie"`, unless it has `no-store` or `no-cache`. Call it before the
   * response's first byte. It may be called again after further changes.
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
  readonly realUser: SessionOwner | null;
  readonly session: Session;
  readonly trace: readonly AuthStep[];
  readonly response: AuthResponse | null;
  readonly site: Site;
  readonly #context: SessionContext;
  /** Whether there is a user or a session. A later end of the session changes nothing: the response may show its values. */
  readonly #isPersonal: boolean;

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
    this.#isPersonal = user !== null || session.available;
  }

  get cookies(): CookieReport[] {
    return this.#context.cookies.map((cookie) => report(this.site.signer.name, cookie));
  }

  async commit(): Promise<Record<string, string>> {
    await this.session.save();
    return this.headers();
  }

  /** As `commit`, without a promise. Null if there is something to save, or may be, as in an auth method's own session. */
  headersNow(): Record<string, string> | null {
    const isSettled = this.session instanceof LiveSession && this.session.isSettled;
    return isSettled ? this.headers() : null;
  }

  /** Whether the session has unsaved changes. False for an auth method's own session, whose changes are not known. */
  hasChanges(): boolean {
    return this.session instanceof LiveSession && !this.session.isSettled;
  }

  outgoing(): SetCookie[] {
    return this.#context.outgoing();
  }

  /** The header fields of now: as `commit`, and nothing is saved. */
  headers(): Record<string, string> {
    return this.#context.headers(this.#isPersonal);
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
