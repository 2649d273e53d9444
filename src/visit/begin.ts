import { type ChainResult, runChain } from '../auth/chain.js';
import type { AuthRequest, AuthStep, CrossSite } from '../auth/method.js';
import type { Json } from '../base/json.js';
import { bare, ownOf } from '../base/own.js';
import { parseCookieHeader } from '../http/cookie-header.js';
import { whyCrossSite } from '../http/cross-site.js';
import { headerField, headerFields } from '../http/header.js';
import { forwardedHttps } from '../http/proxy.js';
import type { IncomingRequest } from '../http/request.js';
import { SessionContext } from '../session/request/context.js';
import { LiveSession } from '../session/request/live.js';
import { SETUID, type Session } from '../session/session.js';
import type { SessionOwner } from '../store/contract.js';
import { CachingDirectory } from '../users/caching-directory.js';
import { switchedUser } from './change-user.js';
import type { Site } from './site.js';
import { SiteVisit, type Visit } from './visit.js';

/** Runs the chain on a request. */
export async function begin(incoming: IncomingRequest, site: Site): Promise<SiteVisit> {
  const request = authRequest(given(incoming), site);
  const pairs = parseCookieHeader(headerField(request.headers, 'cookie'));
  const context = new SessionContext(site.manager, site.signer, {
    pairs,
    secure: request.secure,
    crossSite: request.crossSite !== null,
  });
  // Of equal names the first counts.
  const cookies = new Map(pairs.toReversed());
  const users = site.users && new CachingDirectory(site.users);
  const chain = await runChain(site.methods, request, cookies, { users, context, chain: site.chain });
  const { session, user, trace } = await settle(chain, request.session, context);
  for (const [key, value] of chain.values) put(session, key, value);
  const visit = new SiteVisit(site, context, { session, user, trace, response: chain.response });
  if (session.has(SETUID)) visit.user = await switchedUser(visit, users);
  return visit;
}

/** Does what the chain has decided, and gives whose visit it is then. */
async function settle(
  { user, trace }: ChainResult,
  session: Session | null,
  context: SessionContext,
): Promise<Pick<Visit, 'session' | 'user' | 'trace'>> {
  const owner = user?.valid ? { id: user.id, name: user.name, method: user.method } : null;
  const own = handOver(session, owner, context);
  if (!context.isPending || (await context.applyPending())) return { session: own, user: owner, trace };
  const before = context.beforeLogin();
  return { ...before, trace: trace.map((step) => denied(step, before.user)) };
}

function put(session: Session, key: string, value: Json | undefined): void {
  if (value === undefined) session.delete(key);
  else session.set(key, value as never);
}

/**
 * A session is not handed to anybody but its owner: where a later method took the user away or established another
 * one, what `moin_session` had decided is forgotten. A visitor whose login was vetoed has their session as before (S5); a
 * user's own stays closed.
 */
function handOver(session: Session | null, user: SessionOwner | null, context: SessionContext): Session {
  if (session === null) return context.unavailable();
  if (!(session instanceof LiveSession) || session.ownerId === null || session.ownerId === user?.id)
    return session;
  context.rollBack();
  const before = context.beforeLogin();
  return user === null && before.user === null ? before.session : context.unavailable();
}

/** The trace of a login that lost against another one at the limit. */
function denied(step: AuthStep, user: SessionOwner | null): AuthStep {
  if (step.reason !== 'login') return step;
  const text = 'other logins of this user at the same time have reached the limit (maxSessionsPerUser)';
  return { ...step, userAfter: user && { ...user, valid: true }, reason: 'login-denied', text, effects: [] };
}

/** What the caller gave of the request, and of its form. */
function given(incoming: IncomingRequest): IncomingRequest {
  const request: IncomingRequest = ownOf(incoming, FIELDS);
  request.form = bare(request.form ?? {});
  return request;
}

const FIELDS = [
  'method',
  'url',
  'headers',
  'remoteAddress',
  'secure',
  'clientCertificate',
  'form',
  'body',
  'raw',
] satisfies (keyof IncomingRequest)[];

function authRequest(incoming: IncomingRequest, site: Site): AuthRequest {
  const { method = 'GET', url = '/', remoteAddress, clientCertificate, body, raw } = incoming;
  const headers = headerFields(incoming.headers ?? {});
  const secure = cameByHttps(incoming, site.trusted);
  const crossSite = crossSiteOf(incoming, site);
  const form = crossSite === null ? (incoming.form ?? {}) : bare({});
  // No spread: at every request, on Node 20, that costs more than all the rest of the chain.
  return {
    method,
    url,
    headers,
    remoteAddress,
    secure,
    clientCertificate,
    form,
    body,
    raw,
    crossSite,
    session: null,
  };
}

function crossSiteOf(incoming: IncomingRequest, { trusted, trustedOrigins }: Site): CrossSite | null {
  const text = whyCrossSite(incoming, { behindProxy: trusted(incoming.remoteAddress), trustedOrigins });
  if (text === null) return null;
  const { login, logout } = incoming.form ?? {};
  return { text, asksForLogin: login === true || logout === true };
}

/** Whether the browser's connection is HTTPS, here or at a trusted proxy. */
export function cameByHttps(
  { secure, remoteAddress, headers = {} }: IncomingRequest,
  trusted: Site['trusted'],
): boolean {
  if (secure === true) return true;
  return trusted(remoteAddress) && forwardedHttps(headerField(headerFields(headers), 'x-forwarded-proto'));
}
