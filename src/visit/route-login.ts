import { currentName } from '../auth/establish.js';
import type { AuthUser, ChainSite } from '../auth/method.js';
import { classifyAll, preferred, type Standing } from '../auth/methods/moin-session/classify.js';
import { planOf } from '../auth/methods/moin-session/login.js';
import { endingsOf } from '../auth/methods/moin-session/logout.js';
import { ConfigurationError } from '../base/errors.js';
import type { Soon } from '../base/soon.js';
import { didYouMean } from '../base/suggest.js';
import { endByLogout } from '../session/lifecycle/logout.js';
import { LiveSession } from '../session/request/live.js';
import type { Session } from '../session/session.js';
import type { SessionOwner, SessionRecord } from '../store/contract.js';
import { CachingDirectory } from '../users/caching-directory.js';
import type { UserFields } from '../users/directory.js';
import { isDisabled } from '../users/directory.js';
import type { LoginResult } from './login-result.js';
import type { Site } from './site.js';
import { type VisitUser, withFields } from './visit-user.js';

/**
 * A user whom the application logs in: an entry of its user directory can be passed as it is. Without a directory, further
 * properties become fields of `visit.user` in this request.
 */
export interface RouteUser extends Partial<UserFields> {
  /** As the user directory has it. */
  id: string;
  /** Default: the name in the user directory; without a directory the id. If there is a directory, its name counts. */
  name?: string;
  /** True: the login fails. If there is a user directory, its entry counts. */
  disabled?: boolean;
}

export interface LogInOptions {
  /**
   * What kind of login it is, such as `sign-up`, for operators: the record's `method` is `route:LABEL`. 1 to 40 letters of
   * ASCII, digits, `-`, `_` and `.`. Default: none, and the method is `route`.
   */
  label?: string;
  /** "Remember me": asks for the longer lifetime of `cookieLifetime`. Default false. */
  rememberMe?: boolean;
  /**
   * For a route that checks a password: what the user directory's `passwordStamp(id)` gave before the check. The login fails
   * if it is another one once the record is written: the password was changed meanwhile (S4). Null or absent: not asked.
   */
  passwordStamp?: string | null;
}

const OPTIONS: readonly string[] = ['label', 'rememberMe', 'passwordStamp'] satisfies (keyof LogInOptions)[];

/** What a login or logout from a route needs of its visit. */
export interface RouteVisit {
  site: Site;
  parts: ChainSite;
  session: Session;
  realUser: SessionOwner | null;
}

/** What became of a login from a route: see `LoginResult`. */
export type RouteResult = Extract<LoginResult, 'accepted' | 'failed' | 'denied'>;

/** The outcome of a login. `reason`: why it was refused, for events. */
type RouteOutcome =
  | { result: 'accepted'; user: VisitUser }
  | { result: Exclude<RouteResult, 'accepted'>; user: SessionOwner; reason: string };

/** The user as a record will name them. @throws TypeError for what is no user, an unknown option, or a label that is none */
export function recordedOwner(user: RouteUser, options: LogInOptions): SessionOwner {
  const { label, passwordStamp = null } = options;
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined)
    throw new TypeError(
      `visit.logIn has no option ${JSON.stringify(unknown)}${didYouMean(unknown, OPTIONS)}: there are ${OPTIONS.join(', ')}`,
    );
  const { id, name = id } = (user ?? {}) as Partial<RouteUser>;
  if (typeof id !== 'string' || id === '' || typeof name !== 'string')
    throw new TypeError('visit.logIn takes a user: { id, name }, both strings; name may be left out');
  if (label !== undefined && (typeof label !== 'string' || !/^[\w.-]{1,40}$/.test(label)))
    throw new TypeError(
      "the label of visit.logIn is 1 to 40 letters, digits, '-', '_' and '.', such as 'sign-up'",
    );
  if (passwordStamp !== null && typeof passwordStamp !== 'string')
    throw new TypeError("passwordStamp of visit.logIn is what the user directory's passwordStamp(id) gave");
  return { id, name, method: label === undefined ? 'route' : `route:${label}` };
}

/**
 * Logs a user in (S4, S9).
 * @param onName is called with the user as the directory names them, because what follows may fail
 * @throws StoreError when the store or the user directory is out of reach: nobody is logged in then, and a session over the
 *   limit may have ended
 */
export async function logIn(
  visit: RouteVisit,
  user: RouteUser,
  owner: SessionOwner,
  { rememberMe = false, passwordStamp = null }: LogInOptions,
  onName: (named: SessionOwner) => void,
): Promise<RouteOutcome> {
  const { site } = visit;
  const session = ownSession(visit, 'logIn');
  if (passwordStamp !== null && site.users === undefined)
    throw new ConfigurationError(
      "passwordStamp of visit.logIn needs a user directory: set the option 'users'",
    );
  site.userCache?.forget(owner.id);
  const users = site.users && new CachingDirectory(site.users);
  if (users === undefined && isDisabled(user))
    return { result: 'failed', user: owner, reason: 'disabled-user' };
  const current = await currentName(owner, users);
  if (current.refusal !== null) return { result: 'failed', user: owner, reason: current.refusal.reason };
  const named = { ...owner, name: current.name };
  onName(named);
  const withAll = await withFields(named, users, user);
  const standings = await standingsOf(visit, { ...named, valid: true });
  const outcome = await session.logInFromRoute({
    owner: named,
    remember: rememberMe === true,
    client: visit.parts.context.client,
    plan: planOf(standings),
    leave: site.leave,
    userIdBefore: visit.realUser?.id ?? null,
    origin: visit.parts.context.origin,
    isStillRight: async () =>
      passwordStamp === null || (await site.users?.passwordStamp?.(owner.id)) === passwordStamp,
  });
  if (outcome === 'accepted') return { result: 'accepted', user: withAll };
  return { result: outcome === 'denied' ? 'denied' : 'failed', user: named, reason: outcome };
}

/**
 * Logs out (S6), and ends the sessions of all user cookies of the request. Does nothing for a visitor.
 * @param onEnd is called once the request's own session has ended, because what follows may fail
 * @returns the records that ended
 */
export async function logOut(
  visit: RouteVisit,
  onEnd: (ended: SessionRecord | null) => void,
): Promise<SessionRecord[]> {
  const { realUser, parts } = visit;
  const session = ownSession(visit, 'logOut');
  const established = realUser && { ...realUser, valid: true };
  const standings = await standingsOf(visit, established);
  const found = preferred(standings);
  if (realUser === null && found?.cookie.kind !== 'user') return [];
  const { manager } = parts.context;
  const own = await session.logOut();
  onEnd(own);
  const ended = [own];
  for (const { id, userId } of endingsOf(found, standings, established))
    ended.push(await endByLogout(manager, id, userId));
  return ended.filter((record) => record !== null);
}

/** The standings of the request's cookies now. Reads the user directory anew: the visit may have begun long ago. */
function standingsOf({ site, parts }: RouteVisit, user: AuthUser | null): Soon<Standing[]> {
  return classifyAll(user, { ...parts, users: site.users && new CachingDirectory(site.users) });
}

/** The session as `moin_session` made it. @throws ConfigurationError when another method decides about sessions */
function ownSession({ site, session }: RouteVisit, call: string) {
  if (!site.hasMoinSession) {
    throw new ConfigurationError(
      `visit.${call} needs moin_session, and this chain has none: put 'moin_session' into 'auth'`,
    );
  }
  if (!(session instanceof LiveSession)) {
    throw new ConfigurationError(
      `visit.${call} works with sessions of moin_session, and an auth method put one of its own on this request: log in and out by that method`,
    );
  }
  return session;
}
