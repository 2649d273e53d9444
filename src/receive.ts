import { runChain } from './auth/chain.js';
import { headerField, headerFields } from './auth/header.js';
import type { AuthRequest, AuthStep, AuthUser, IncomingRequest } from './auth/method.js';
import { forwardedHttps } from './auth/proxy.js';
import type { Json } from './json.js';
import { parseCookieHeader } from './session/cookie.js';
import { SessionDesk } from './session/desk.js';
import { LiveSession } from './session/live.js';
import { SETUID, type Session } from './session/session.js';
import type { SessionOwner } from './store/contract.js';
import { type Reception, SiteVisit } from './visit.js';

/** Runs the chain on a request. */
export async function receive(incoming: IncomingRequest, site: Reception): Promise<SiteVisit> {
  const request = authRequest(incoming, site.trusted);
  const pairs = parseCookieHeader(headerField(request.headers, 'cookie'));
  const desk = new SessionDesk(site.manager, site.signer, { pairs, secure: request.secure });
  // Of equal names the first counts.
  const cookies = new Map(pairs.toReversed());
  const chain = await runChain(site.methods, request, cookies, { users: site.users, desk });
  const owner = chain.user?.valid ? chain.user : null;
  const session = handOver(request.session, owner, desk);
  const { response, trace } = chain;
  if (desk.isPending && !(await desk.settle())) {
    return new SiteVisit(site, desk, {
      session: desk.none(),
      user: null,
      trace: trace.map(denied),
      response,
    });
  }
  for (const [key, value] of chain.values) put(session, key, value);
  const user = owner && { id: owner.id, name: owner.name, method: owner.method };
  const visit = new SiteVisit(site, desk, { session, user, trace, response });
  if (hasSwitched(visit)) visit.user = await switchedUser(visit);
  return visit;
}

function hasSwitched({ realUser, session, site }: SiteVisit): boolean {
  return realUser !== null && site.superuser.includes(realUser.name) && session.has(SETUID);
}

/**
 * Whom a superuser has changed to; the name of the real user is asked at every request, and so is
 * whether the other one is still there and not disabled.
 */
async function switchedUser({ realUser, session, site }: SiteVisit): Promise<SessionOwner | null> {
  const target = await site.users?.findById(String(session.get(SETUID)));
  if (!target || target.disabled) return realUser;
  return { id: target.id, name: target.name, method: SETUID };
}

function put(session: Session, key: string, value: Json | undefined): void {
  if (value === undefined) session.delete(key);
  else session.set(key, value as never);
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
  const secure = cameByHttps(incoming, trusted);
  return {
    method,
    url,
    headers: headerFields(headers),
    remoteAddress,
    secure,
    clientCertificate,
    form,
    raw,
    session: null,
  };
}

/** Whether the browser's connection is HTTPS, here or at a trusted proxy. */
export function cameByHttps(
  { secure, remoteAddress, headers = {} }: IncomingRequest,
  trusted: Reception['trusted'],
): boolean {
  if (secure === true) return true;
  return trusted(remoteAddress) && forwardedHttps(headerField(headerFields(headers), 'x-forwarded-proto'));
}
