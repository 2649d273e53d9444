import { runChain } from '../auth/chain.js';
import { ChainState, type Refusal } from '../auth/chain-state.js';
import type { AuthRequest, AuthStep, AuthUser, ChainSite } from '../auth/method.js';
import { ChainContext } from '../auth/methods/moin-session/chain-context.js';
import type { Json } from '../base/json.js';
import { andThen, recover, type Soon } from '../base/soon.js';
import { parseCookieHeader } from '../http/cookie-header.js';
import { isSafeMethod } from '../http/cross-site.js';
import { headerField } from '../http/header.js';
import type { IncomingRequest } from '../http/request.js';
import type { LoginRefusal } from '../session/lifecycle/replace.js';
import type { SessionContext } from '../session/request/context.js';
import { LiveSession } from '../session/request/live.js';
import type { NoSession } from '../session/request/opener.js';
import { SETUID, type Session } from '../session/session.js';
import type { SessionOwner } from '../store/contract.js';
import { CachingDirectory } from '../users/caching-directory.js';
import { switchedUser } from './change-user.js';
import { LoginEvents } from './login-events.js';
import { loginResultOf } from './login-result.js';
import { readRequest, type SentForm, sentForm } from './read-request.js';
import type { Site } from './site.js';
import { SiteVisit } from './site-visit.js';
import type { Visit } from './visit.js';
import { withFields } from './visit-user.js';

/**
 * Runs the auth chain on a request, in this turn of the event loop where nothing has to wait. Logins and logouts are applied
 * after the last method, so that a chain that fails changes nothing.
 * @param open gives the site; its error becomes that of the visit
 */
export function begin(incoming: IncomingRequest, open: () => Soon<Site>): Soon<SiteVisit> {
  return andThen(open(), (site) => beginIn(site, incoming));
}

function beginIn(site: Site, incoming: IncomingRequest): Soon<SiteVisit> {
  const request = readRequest(incoming, site);
  const form = sentForm(incoming);
  const events = new LoginEvents(site, request);
  const pairs = parseCookieHeader(headerField(request.headers, 'cookie'));
  const users = site.users && new CachingDirectory(site.users, site.userCache);
  const context = new ChainContext(users, site, {
    pairs,
    secure: request.secure,
    noSession: noSessionOf(request, site),
    client: site.clientOf(request),
  });
  const parts = context.chainSite;
  const chain = new ChainState(request.form, byName(pairs));
  const visit = (applied: Applied) => visitOf(applied, { site, request, form, events, context, chain });
  return recover(
    () =>
      andThen(
        andThen(runChain(site.methods, request, chain, parts), () =>
          applyPending(chain, request.session, parts),
        ),
        visit,
      ),
    (error) => {
      if (form.isLogin) events.broken(form, error);
      else if (chain.isLogin || context.asksForLogin) events.broken(chain.user ?? form, error);
      throw error;
    },
  );
}

/** What there is of a visit when its chain has run. */
interface Begun {
  site: Site;
  request: AuthRequest;
  form: SentForm;
  events: LoginEvents;
  context: ChainContext;
  chain: ChainState;
}

function visitOf({ session, user, trace }: Applied, begun: Begun): Soon<SiteVisit> {
  const { site, request, events, context, chain } = begun;
  for (const [key, value] of chain.values) put(session, key, value);
  const { response, headers } = chain;
  const visit = new SiteVisit(
    site,
    { parts: context.chainSite, events, crossSite: request.crossSite },
    { session, user, trace, response, headers },
  );
  if (!session.has(SETUID)) return reported(visit, begun);
  return switchedUser(visit, context.chainSite.users).then((switched) => {
    visit.user = switched;
    return reported(visit, begun);
  });
}

/** Emits the events of a visit's login and logout. */
function reported(visit: SiteVisit, { request, form, events, context, chain }: Begun): SiteVisit {
  visit.loginResult = loginResultOf(chain, visit, form.isLogin && request.crossSite !== null);
  events.ofChain(visit, chain.refusal, form.name);
  events.loggedOut(context.loggedOut, request.form.logout === true ? invalid(chain.user) : null);
  return visit;
}

/** The cookies by name: of equal names the first counts. */
function byName(pairs: readonly (readonly [string, string])[]): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const [name, value] of pairs) if (!cookies.has(name)) cookies.set(name, value);
  return cookies;
}

function noSessionOf({ crossSite, method }: AuthRequest, site: Site): NoSession | null {
  if (!site.hasMoinSession) return 'no-method';
  if (crossSite === null) return null;
  return isSafeMethod(method) ? 'followed-link' : 'cross-site';
}

/** The user who has just logged out (S6), or null. */
function invalid(user: AuthUser | null): AuthUser | null {
  return user?.valid === false ? user : null;
}

type Applied = Pick<Visit, 'session' | 'trace' | 'user'>;

/**
 * Applies the logins and logouts that the chain decided on. Returns the user and the session that result: those from
 * before the login, if it was taken back (S4, S9).
 */
function applyPending(chain: ChainState, session: Session | null, parts: ChainSite): Soon<Applied> {
  const { user: given, fields, trace } = chain;
  const { context, users } = parts;
  const owner = given?.valid ? { id: given.id, name: given.name, method: given.method } : null;
  const own = handOver(session, owner, context);
  // Before anything is written: a directory that fails now must leave no login behind.
  return andThen(owner && withFields(owner, users, fields), (user) => {
    const applied = { session: own, user, trace };
    return context.isPending ? applyLogins(applied, chain, parts) : applied;
  });
}

/** Does the noted logins and logouts. */
async function applyLogins(
  applied: Applied,
  chain: ChainState,
  { context, users }: ChainSite,
): Promise<Applied> {
  const outcome = await context.applyPending();
  if (outcome === 'accepted') return applied;
  const { trace, values } = chain;
  if (outcome === 'password-changed') chain.refusal = passwordChanged(applied.user);
  // What methods want in the session of this login must not get into the one of before; what they remove goes.
  for (const [key, value] of values) if (value !== undefined) values.delete(key);
  const before = context.beforeLogin();
  return {
    session: before.session,
    user: before.user && (await withFields(before.user, users, null)),
    trace: trace.map((step) => takenBack(step, before.user, outcome)),
  };
}

/**
 * The session of the request: the one that the chain opened, if it belongs to this user or to nobody, or is a method's
 * own. If it belongs to somebody else, a method behind `moin_session` took the user away or established another one:
 * then the decision of `moin_session` is rolled back. A visitor whose login was vetoed keeps their session (S5); a user's
 * session stays closed. Without a session from the chain it is an unavailable one.
 */
function handOver(session: Session | null, user: SessionOwner | null, context: SessionContext): Session {
  if (session === null) return context.unavailable();
  if (!(session instanceof LiveSession) || session.ownerId === null || session.ownerId === user?.id)
    return session;
  context.rollBack();
  const before = context.beforeLogin();
  return user === null && before.user === null ? before.session : context.closed();
}

const TAKEN_BACK = {
  denied: {
    reason: 'login-denied',
    text: 'other logins of this user at the same time have reached the limit (maxSessionsPerUser), or a logout has ended the session that it continues',
  },
  'password-changed': {
    reason: 'login-failed',
    text: 'the password was changed while this login was under way: what was there stays as it was',
  },
};

/** Turns the step of the login into that of one that was taken back. Returns other steps unchanged. */
function takenBack(step: AuthStep, user: SessionOwner | null, why: LoginRefusal): AuthStep {
  if (step.reason !== 'login') return step;
  return { ...step, userAfter: user && { ...user, valid: true }, ...TAKEN_BACK[why], effects: [] };
}

function passwordChanged(user: SessionOwner | null): Refusal {
  const { name = null, method = '' } = user ?? {};
  return { method, reason: 'rejected', name, auditReason: 'password-changed' };
}

function put(session: Session, key: string, value: Json | undefined): void {
  if (value === undefined) session.delete(key);
  else session.set(key, value as never);
}
