import { ConfigurationError, NotFoundError } from '../base/errors.js';
import type { SetCookie } from '../session/cookie/response-cookie.js';
import type { Sessions } from '../sessions.js';
import { isDisabled, type UserDirectory } from '../users/directory.js';
import type { RouteUser } from '../visit/route-login.js';
import { asSiteVisit } from '../visit/site-visit.js';
import { Browser } from './browser.js';
import { isHostBelow } from './set-cookie.js';

export interface PersonOptions {
  /** Scheme, host and port of the site. Default `http://localhost`. */
  origin?: string;
}

export interface LoggedInOptions extends PersonOptions {
  /** The user asks to be remembered. Default false. */
  rememberMe?: boolean;
}

/**
 * A browser with an anonymous session: it has been here once, so the next request sends its cookie back (A1).
 * @throws ConfigurationError when the site gives visitors no session, or this browser refuses the cookie
 */
export async function visitor(sessions: Sessions, { origin }: PersonOptions = {}): Promise<Browser> {
  const browser = new Browser(sessions, origin === undefined ? {} : { origin });
  const { sent } = await browser.get('/');
  if (sent?.action !== 'set')
    throw new ConfigurationError(
      'this site gives visitors no session: set anonymousCookieLifetime (hours), and put moin_anon_session into auth',
    );
  assertKept(browser, sent);
  return browser;
}

/**
 * A browser in which a user is logged in, without their password. The login is that of `visit.logIn`: a new token, the
 * record at once, the limit of sessions (S4, S9). The user directory decides who the user is. The record's method is
 * `route:testing`.
 * @param user the name; or the id, and with a site without a user directory the name too
 * @throws NotFoundError when the directory does not know the user, or has disabled them; ConfigurationError when the chain has
 *   no moin_session, when the login was refused, and when this browser refuses the cookie
 */
export async function loggedIn(
  sessions: Sessions,
  user: string | RouteUser,
  { origin, rememberMe = false }: LoggedInOptions = {},
): Promise<Browser> {
  const browser = new Browser(sessions, origin === undefined ? {} : { origin });
  const visit = await browser.begin();
  const entry = await findUser(user, asSiteVisit(visit).site.users);
  const result = await visit.logIn(entry, { label: 'testing', rememberMe });
  browser.receive(await visit.commit());
  if (result !== 'accepted')
    throw new ConfigurationError(
      `the site refuses the login of ${JSON.stringify(entry.name ?? entry.id)} (${result}): raise maxSessionsPerUser, or look at what the directory says of the user`,
    );
  assertKept(browser, visit.outgoing()[0]);
  return browser;
}

async function findUser(user: string | RouteUser, users: UserDirectory | undefined): Promise<RouteUser> {
  const isName = typeof user === 'string';
  if (users === undefined) return isName ? { id: user, name: user } : user;
  const name = isName ? user : (user.name ?? user.id);
  const entry = isName ? await users.findByName(user) : await users.findById(user.id);
  if (entry === null)
    throw new NotFoundError(
      `the user directory has no ${JSON.stringify(name)}: add the user to what 'users' names, as the test's set-up`,
    );
  if (isDisabled(entry))
    throw new NotFoundError(`the user ${JSON.stringify(name)} is disabled: nobody can be logged in as them`);
  return entry;
}

/** @throws ConfigurationError when the jar has not taken the session cookie */
function assertKept(browser: Browser, sent: SetCookie | undefined): void {
  if (browser.jar.all().length > 0) return;
  throw new ConfigurationError(
    `a browser at ${browser.origin} refuses the site's cookie, ${refusalOf(browser, sent)}`,
  );
}

/** Why a browser refuses a cookie, and what to change. */
function refusalOf({ origin }: Browser, sent: SetCookie | undefined): string {
  const { protocol, hostname } = new URL(origin);
  const attributes = sent?.attributes ?? [];
  const domain = attributes.find((one) => one.startsWith('Domain='))?.slice('Domain='.length);
  if (domain !== undefined && !isHostBelow(hostname, domain)) {
    const scheme = attributes.includes('Secure') ? 'https:' : protocol;
    return `which is for the domain ${domain}: pass { origin: '${scheme}//${domain}' }`;
  }
  if (attributes.includes('Secure') && protocol !== 'https:')
    return `which has Secure: pass { origin: 'https://${hostname}' }`;
  return `with the attributes ${attributes.join('; ')}: look at the cookie options of the site`;
}
