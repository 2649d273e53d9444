import { runChain } from './auth/chain.js';
import type {
  AuthMethod,
  AuthRequest,
  AuthResponse,
  AuthStep,
  AuthUser,
  IncomingRequest,
} from './auth/method.js';
import { forwardedHttps } from './auth/proxy.js';
import type { Json } from './json.js';
import { type CookieSigner, parseCookieHeader, type ReadCookie } from './session/cookie.js';
import { SessionDesk, type SetCookie } from './session/desk.js';
import { LiveSession } from './session/live.js';
import type { SessionManager } from './session/manager.js';
import { SETUID, type Session } from './session/session.js';
import type { SessionOwner } from './store/contract.js';
import type { UserDirectory } from './users/directory.js';

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

/** What a site needs to receive requests. */
export interface Reception {
  methods: readonly AuthMethod[];
  manager: SessionManager;
  signer: CookieSigner;
  users: UserDirectory | undefined;
  trusted: (address: string | undefined) => boolean;
  /** The names of those who may change user. */
  superuser: readonly string[];
  /** How many pages the trail holds. */
  trailSize: number;
}

/** A visit, and the site that it is made to. */
export class SiteVisit implements Visit {
  user: SessionOwner | null;
  readonly realUser: SessionOwner | null;
  readonly session: Session;
  readonly trace: readonly AuthStep[];
  readonly response: AuthResponse | null;
  readonly site: Reception;
  readonly #desk: SessionDesk;

  constructor(
    site: Reception,
    desk: SessionDesk,
    { session, user, trace, response }: Pick<Visit, 'session' | 'user' | 'trace' | 'response'>,
  ) {
    this.site = site;
    this.#desk = desk;
    this.response = response;
    this.session = session;
    this.user = user;
    this.realUser = user;
    this.trace = trace;
  }

  get cookies(): CookieReport[] {
    return this.#desk.cookies.map((cookie) => report(this.site.signer.name, cookie));
  }

  async commit(): Promise<Record<string, string>> {
    await this.session.save();
    return this.#desk.headers();
  }

  outgoing(): SetCookie[] {
    return this.#desk.outgoing();
  }
}

/** @throws TypeError when it is anything else than what `begin` gives */
export function asSiteVisit(visit: Visit): SiteVisit {
  if (visit instanceof SiteVisit) return visit;
  throw new TypeError('this is no visit: give what sessions.begin() gave');
}

/** Runs the chain on a request. */
export async function receive(incoming: IncomingRequest, site: Reception): Promise<SiteVisit> {
  const request = authRequest(incoming, site.trusted);
  const pairs = parseCookieHeader(field(request.headers, 'cookie'));
  const desk = new SessionDesk(site.manager, site.signer, { pairs, secure: request.secure });
  // Of equal names the first counts.
  const cookies = new Map(pairs.toReversed());
  const chain = await runChain(site.methods, request, cookies, { users: site.users, desk });
  const owner = chain.user?.valid ? chain.user : null;
  const session = handOver(request.session, owner, desk);
  const { response, trace } = chain;
  if (!(await desk.settle())) {
    const nobody = { session: desk.none(), user: null, trace: trace.map(denied), response };
    return new SiteVisit(site, desk, nobody);
  }
  for (const [key, value] of chain.values) put(session, key, value);
  const user = owner && { id: owner.id, name: owner.name, method: owner.method };
  const visit = new SiteVisit(site, desk, { session, user, trace, response });
  visit.user = await switchedUser(visit);
  return visit;
}

function put(session: Session, key: string, value: Json | undefined): void {
  if (value === undefined) session.delete(key);
  else session.set(key, value as never);
}

/**
 * Whom a superuser has changed to, if they have; the name of the real user is asked at every request, and so is
 * whether the other one is still there and not disabled.
 */
async function switchedUser({ realUser, session, site }: SiteVisit): Promise<SessionOwner | null> {
  if (realUser === null || !site.superuser.includes(realUser.name) || !session.has(SETUID)) return realUser;
  const target = await site.users?.findById(String(session.get(SETUID)));
  if (!target || target.disabled) return realUser;
  return { id: target.id, name: target.name, method: SETUID };
}

/**
 * A session is not handed to anybody but its owner: where a later method took the user away or established another
 * one, what `moin_session` had decided is forgotten.
 */
function handOver(session: Session | null, user: AuthUser | null, desk: SessionDesk): Session {
  if (session === null) return desk.none();
  if (!(session instanceof LiveSession) || session.ownerId === null || session.ownerId === user?.id)
    return session;
  desk.forget();
  return desk.none();
}

/** The trace of a login that lost against another one at the limit. */
function denied(step: AuthStep): AuthStep {
  if (step.reason !== 'login') return step;
  const text = 'another login of this user came first and reached the limit (onLimit: deny)';
  return { ...step, userAfter: null, reason: 'login-denied', text, effects: [] };
}

function report(name: string, cookie: ReadCookie): CookieReport {
  const { verdict, kind } = cookie;
  if (verdict !== 'ok') return { name, kind, verdict, sessionId: null, secret: null };
  return { name, kind, verdict, sessionId: cookie.id, secret: cookie.secret };
}

function authRequest(incoming: IncomingRequest, trusted: Reception['trusted']): AuthRequest {
  const {
    method = 'GET',
    url = '/',
    headers = {},
    remoteAddress,
    clientCertificate,
    form = {},
    raw,
  } = incoming;
  const forwarded = () => trusted(remoteAddress) && forwardedHttps(field(headers, 'x-forwarded-proto'));
  const secure = incoming.secure === true || forwarded();
  return { method, url, headers, remoteAddress, secure, clientCertificate, form, raw, session: null };
}

/** A header field; Node's names are in lower case, those of a request written by hand may not be. */
function field(headers: AuthRequest['headers'], name: string): string | readonly string[] | undefined {
  const direct = headers[name];
  if (direct !== undefined) return direct;
  const spelling = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name);
  return spelling === undefined ? undefined : headers[spelling];
}
