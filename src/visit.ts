import { runChain } from './auth/chain.js';
import type { AuthMethod, AuthRequest, AuthStep, AuthUser, IncomingRequest } from './auth/method.js';
import { forwardedHttps } from './auth/proxy.js';
import { type CookieSigner, parseCookieHeader, type ReadCookie } from './session/cookie.js';
import { SessionDesk, type SetCookie } from './session/desk.js';
import { LiveSession } from './session/live.js';
import type { SessionManager } from './session/manager.js';
import type { Session } from './session/session.js';
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
}

/** Runs the chain on a request. */
export async function receive(incoming: IncomingRequest, site: Reception): Promise<Visit> {
  const request = authRequest(incoming, site.trusted);
  const pairs = parseCookieHeader(field(request.headers, 'cookie'));
  const desk = new SessionDesk(site.manager, site.signer, { pairs, secure: request.secure });
  // Of equal names the first counts.
  const cookies = new Map(pairs.toReversed());
  const chain = await runChain(site.methods, request, cookies, { users: site.users, desk });
  const owner = chain.user?.valid ? chain.user : null;
  const session = handOver(request.session, owner, desk);
  if (await desk.settle()) return visitOf(session, owner, chain.trace, desk, site.signer.name);
  return visitOf(desk.none(), null, chain.trace.map(denied), desk, site.signer.name);
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

function visitOf(
  session: Session,
  owner: AuthUser | null,
  trace: AuthStep[],
  desk: SessionDesk,
  cookieName: string,
): Visit {
  const user = owner && { id: owner.id, name: owner.name, method: owner.method };
  return {
    user,
    realUser: user,
    session,
    trace,
    get cookies() {
      return desk.cookies.map((cookie) => report(cookieName, cookie));
    },
    async commit() {
      await session.save();
      return desk.headers();
    },
    outgoing: () => desk.outgoing(),
  };
}

function report(name: string, cookie: ReadCookie): CookieReport {
  const { verdict, kind } = cookie;
  if (verdict !== 'ok') return { name, kind, verdict, sessionId: null, secret: null };
  return { name, kind, verdict, sessionId: cookie.id, secret: cookie.secret };
}

function authRequest(incoming: IncomingRequest, trusted: Reception['trusted']): AuthRequest {
  const { method = 'GET', url = '/', headers = {}, remoteAddress, clientCertificate, form = {} } = incoming;
  const secure = cameByHttps(incoming, trusted);
  return { method, url, headers, remoteAddress, secure, clientCertificate, form, session: null };
}

/** Whether the browser's connection is HTTPS, here or at a trusted proxy. */
export function cameByHttps(
  { secure, remoteAddress, headers = {} }: IncomingRequest,
  trusted: Reception['trusted'],
): boolean {
  if (secure === true) return true;
  return trusted(remoteAddress) && forwardedHttps(field(headers, 'x-forwarded-proto'));
}

/** A header field; Node's names are in lower case, those of a request written by hand may not be. */
export function field(headers: AuthRequest['headers'], name: string): string | readonly string[] | undefined {
  const direct = headers[name];
  if (direct !== undefined) return direct;
  const spelling = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name);
  return spelling === undefined ? undefined : headers[spelling];
}
