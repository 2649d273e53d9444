import type { AnswerHeaders } from '../auth/answer.js';
import type { AuthResponse, AuthStep, ChainSite, CrossSite } from '../auth/method.js';
import { bare } from '../base/own.js';
import { type MergedHeaders, mergeHeaders } from '../http/response-headers.js';
import type { SetCookie } from '../session/cookie/response-cookie.js';
import type { ReadCookie } from '../session/cookie/signer.js';
import { LiveSession } from '../session/request/live.js';
import type { ResponseProgress } from '../session/request/response-progress.js';
import type { Session } from '../session/session.js';
import { immediateAccess } from '../store/immediate.js';
import type { LoginEvents } from './login-events.js';
import type { LoginResult } from './login-result.js';
import type { LogInOptions, RouteResult, RouteUser } from './route-login.js';
import { RouteLogins } from './route-logins.js';
import type { Site } from './site.js';
import type { CookieReport, Visit } from './visit.js';
import type { VisitUser } from './visit-user.js';

/** A visit together with its site. */
export class SiteVisit implements Visit {
  user: VisitUser | null;
  realUser: VisitUser | null;
  loginResult: LoginResult = 'none';
  readonly session: Session;
  readonly trace: readonly AuthStep[];
  readonly response: AuthResponse | null;
  readonly site: Site;
  /** Set when another site sent the request. */
  readonly crossSite: CrossSite | null;
  /** How far the response is; null if nobody knows. */
  progress: ResponseProgress | null = null;
  readonly parts: ChainSite;
  readonly events: LoginEvents;
  /** Null before the first login or logout from a route. */
  #logins: RouteLogins | null = null;
  /** Whether there is a user or a session. A later end of the session changes nothing: the response may show its values. */
  readonly #isPersonal: boolean;
  /** Whether something else than our cookie says who the user is: HTTP Basic, a proxy, a certificate. */
  readonly #isKnownOtherwise: boolean;
  /** What auth methods add to the response. */
  readonly #added: readonly AnswerHeaders[];

  constructor(
    site: Site,
    { parts, events, crossSite }: { parts: ChainSite; events: LoginEvents; crossSite: CrossSite | null },
    outcome: Pick<Visit, 'session' | 'user' | 'trace' | 'response'> & { headers: readonly AnswerHeaders[] },
  ) {
    this.site = site;
    this.parts = parts;
    this.events = events;
    this.crossSite = crossSite;
    const { session, user, trace, response, headers } = outcome;
    this.session = session;
    this.user = user;
    this.realUser = user;
    this.trace = trace;
    this.response = response;
    this.#added = headers;
    this.#isPersonal = user !== null || session.available;
    this.#isKnownOtherwise = user !== null && !parts.context.cookies.some(speaksForUser);
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

  async commit(): Promise<MergedHeaders> {
    // With another store it would find out what there is to save, wait all the same, and `save` would find it out again.
    const now = immediateAccess(this.site.manager.store) === null ? null : this.headersNow();
    if (now !== null) return bare({ ...now });
    await this.#logins?.settled();
    await this.session.save();
    return bare({ ...this.headers() });
  }

  /**
   * As `commit`, in this turn of the event loop. Null when something has to wait, and nothing is done then: for the store, for
   * a login, or for an auth method's own session. @throws as `commit`
   */
  headersNow(): Readonly<MergedHeaders> | null {
    const isSaved = this.#areLoginsOver && this.session instanceof LiveSession && this.session.saveNow();
    return isSaved ? this.headers() : null;
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

  /** The header fields of now: as `commit`, and nothing is saved. May be shared, and is frozen then. */
  headers(): Readonly<MergedHeaders> {
    // Most chains add none.
    if (this.#added.length === 0) return this.#ownHeaders(this.#isPersonal, this.#isKnownOtherwise);
    const added = this.#added.map((headers) => headers());
    const setsCookie = added.some((fields) => fields.get('set-cookie')?.length);
    const isVaried = added.some((fields) => fields.has('vary'));
    const ours = this.#ownHeaders(this.#isPersonal || setsCookie, this.#isKnownOtherwise && !isVaried);
    return mergeHeaders(ours, added);
  }

  /** @param variesOtherwise caches cannot tell such users apart by `Cookie` */
  #ownHeaders(isPersonal: boolean, variesOtherwise: boolean): Readonly<Record<string, string>> {
    const ours = this.parts.context.headers(isPersonal);
    return variesOtherwise ? bare({ ...ours, vary: 'Cookie, *' }) : ours;
  }
}

/** @throws TypeError when this is not a visit that `begin` returned */
export function asSiteVisit(visit: Visit): SiteVisit {
  if (visit instanceof SiteVisit) return visit;
  throw new TypeError('this is not a visit: pass the result of sessions.begin()');
}

function speaksForUser({ verdict, kind }: ReadCookie): boolean {
  return verdict === 'ok' && kind === 'user';
}

function report(name: string, cookie: ReadCookie): CookieReport {
  const { verdict, kind } = cookie;
  if (verdict !== 'ok') return { name, kind, verdict, sessionId: null, secret: null };
  return { name, kind, verdict, sessionId: cookie.id, secret: cookie.secret };
}
