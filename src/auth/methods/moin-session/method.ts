import { ConfigurationError } from '../../../base/errors.js';
import { andThen, type Soon } from '../../../base/soon.js';
import type { SessionContext } from '../../../session/request/context.js';
import type { LiveSession } from '../../../session/request/live.js';
import type { LeftKey } from '../../../session/session.js';
import { nameAtLogin } from '../../establish.js';
import type {
  AuthMethod,
  AuthRequest,
  AuthResult,
  AuthUser,
  ChainSite,
  CrossSite,
  Known,
} from '../../method.js';
import { attach } from './attach.js';
import { classifyAll, preferred } from './classify.js';
import * as explain from './explain.js';
import { logIn } from './login.js';
import { logOut } from './logout.js';
import { type Outcome, unusable } from './outcome.js';
import { restore } from './restore.js';

export interface MoinSessionOptions {
  /**
   * Session keys whose values a login does not carry over, such as a CSRF token: an attacker may have planted them in
   * the visitor's session. Default: none.
   */
  leave?: readonly LeftKey[];
}

/**
 * `moin_session`: finds user and session by the cookie, logs in and out (spec 3, S1 to S11). It decides which session the
 * request gets; `commit` refreshes and saves that session.
 * @throws ConfigurationError when `leave` is not a list of keys
 */
export function moinSession({ leave = [] }: MoinSessionOptions = {}): AuthMethod {
  if (!Array.isArray(leave) || leave.some((key) => typeof key !== 'string'))
    throw new ConfigurationError("'leave' of moin_session must be a list of session keys: ['csrf']");
  const method: MoinSession = {
    name: NAME,
    leave,
    authenticate: (request, known, site: ChainSite) => authenticate(request, known, site, leave),
  };
  return method;
}

const NAME = 'moin_session';

interface MoinSession extends AuthMethod {
  readonly leave: readonly string[];
}

/** Whether this chain has a `moin_session`. */
export function hasMoinSession(methods: readonly AuthMethod[]): boolean {
  return methods.some(({ name }) => name === NAME);
}

/** The keys that a login leaves behind in this chain. */
export function leaveOf(methods: readonly AuthMethod[]): readonly string[] {
  const method: Partial<MoinSession> | undefined = methods.find(({ name }) => name === NAME);
  return method?.leave ?? [];
}

function authenticate(
  request: AuthRequest,
  known: Known,
  site: ChainSite,
  leave: readonly string[],
): Soon<AuthResult> {
  return andThen(decide(request, known, site, leave), (decided) => {
    const { crossSite } = request;
    const outcome = crossSite === null ? decided : ofOtherSite(decided, crossSite, known, site);
    const { session, user, reason, text, effects = [] } = outcome;
    request.session = session;
    return { user, continue: true, reason, text: text + whichCookie(site.context, session), effects };
  });
}

/** Names the cookie by its number when it is not the first of several (spec 4). */
function whichCookie({ cookies }: SessionContext, { id }: LiveSession): string {
  if (cookies.length === 1) return '';
  const index = cookies.findIndex((cookie) => cookie.verdict === 'ok' && cookie.id === id);
  return index > 0 ? `; its cookie is number ${index + 1} of ${cookies.length} of this name` : '';
}

/** If a request asks for both login and logout, the login counts (S6). */
function decide(
  request: AuthRequest,
  known: Known,
  site: ChainSite,
  leave: readonly string[],
): Soon<Outcome> {
  const user = known.user?.valid ? known.user : null;
  if (known.login) return decideLogin(user, request, known, site, leave);
  if (known.logout)
    return andThen(classifyAll(user, site), (standings) => logOut(user, standings, known, site.context));
  return find(user, known, site);
}

/**
 * Spec 3, cross-site: the request's own cookie opens its session, and a login that a method established by itself stands.
 * A new anonymous cookie is withdrawn: the browser may have a cookie that it did not send (`SameSite=Lax`), and the new
 * one would overwrite that.
 */
function ofOtherSite(
  decided: Outcome,
  { text, asksForLogin }: CrossSite,
  { login }: Known,
  { context }: ChainSite,
): Outcome {
  const isCookieSet = context.outgoing().some(({ action }) => action === 'set');
  if (isCookieSet) {
    context.rollBack();
    const { user } = decided;
    return {
      session: context.unavailable(),
      user,
      reason: 'cross-site',
      text: `no cookie and no session: ${text}`,
    };
  }
  if (!asksForLogin || login) return decided;
  return { ...decided, reason: 'cross-site', text: `the form is ignored: ${text}; ${decided.text}` };
}

/** The session under the cookie: that of the established user, or without one that of the cookie's user. */
function find(user: AuthUser | null, known: Known, site: ChainSite): Soon<Outcome> {
  return andThen(classifyAll(user, site), (standings) => {
    const { context } = site;
    const found = preferred(standings);
    if (user !== null) return attach(found, user, known, context);
    return found === null ? unusable(context.cookie, context) : restore(found, known, context);
  });
}

async function decideLogin(
  user: AuthUser | null,
  request: AuthRequest,
  known: Known,
  site: ChainSite,
  leave: readonly string[],
): Promise<Outcome> {
  // Asked again: an earlier method may have got the user from the cache of `userCache`.
  if (user !== null && !known.loginRejected && (await nameAtLogin(user, site)).refusal === null) {
    const remember = request.form.rememberMe === true || site.context.isRemembered;
    const login = await logIn(user, { remember, leave }, await classifyAll(user, site), site);
    if (login !== null)
      return { ...login, effects: ['set a user cookie with a new token', ...login.effects] };
    const text = explain.limitReached(user.name, site.context.manager.limit.max);
    return { ...(await find(null, known, site)), reason: 'login-denied', text };
  }
  const before = await find(user, known, site);
  const text = `no method accepted this login; what was there stays as it was: ${before.text}`;
  return { ...before, reason: 'login-failed', text };
}
