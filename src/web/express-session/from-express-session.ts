import type { AuthMethod, ChainSite } from '../../auth/method.js';
import { ConfigurationError } from '../../base/errors.js';
import { hasMethods } from '../../base/has-methods.js';
import type { JsonObject } from '../../base/json.js';
import { show } from '../../base/show.js';
import { assertFunction, assertKnown } from '../../config/checks.js';
import { assertCookieDomain, assertCookiePath } from '../../config/cookie-checks.js';
import { parseCookieHeader } from '../../http/cookie-header.js';
import { headerField, headerFields } from '../../http/header.js';
import type { IncomingRequest } from '../../http/request.js';
import { MovingMethod } from './moving-method.js';
import type { OldStore, OldUserOf } from './old-sessions.js';
import { passportUser } from './record.js';
import { type CookieSecret, readSid } from './signed-cookie.js';

export type { CookieSecret, OldStore };

export interface FromExpressSessionOptions {
  /** The old store: the one that `session({ store })` had. */
  store: OldStore;
  /** The old secret, or the list of them: `secret` of `session({ secret })`. */
  secret: CookieSecret | readonly CookieSecret[];
  /** The name of the old cookie: `name` of `session({ name })`. Default `connect.sid`. */
  name?: string;
  /** `path` and `domain` of the old cookie, as in `session({ cookie })`, so that it can be deleted. Default: `/`, and no domain. */
  cookie?: { path?: string; domain?: string };
  /**
   * Finds the user in an old session's data; null for a visitor. It may be asynchronous. Default: Passport's user, with the id
   * as the name, unless the site has `users`, which know the name.
   */
  user?: OldUserOf;
  /** The keys whose values move along. Default: all, without `cookie` and `passport`. */
  keep?: readonly string[];
  /**
   * Whether the moved login is remembered, by the old session's data. Default: when the old cookie's `originalMaxAge` is
   * longer than a login lasts here without "remember me".
   */
  remember?: (data: JsonObject) => boolean;
}

/** The auth method that moves sessions of express-session here. */
export interface FromExpressSession extends AuthMethod {
  /**
   * Ends the old session of a request, if it has one, and all sessions that it has moved to. Call it in a route that logs out by itself, because a page of before
   * the change may send its logout as the very first request; `loginPaths` need no call.
   * @throws the error of a store or of `user`
   */
  end(request: Pick<IncomingRequest, 'headers'>): Promise<void>;
}

const OPTIONS = [
  'store',
  'secret',
  'name',
  'cookie',
  'user',
  'keep',
  'remember',
] satisfies (keyof FromExpressSessionOptions)[];

/**
 * Moves the sessions of an application that had express-session, without logging anybody out. Put it in front of
 * `moin_session`, and behind the methods that check logins. The application mounts express-session no more.
 *
 * A request with the old cookie and without one of ours is logged in as the old session's user, and gets its data (S4). The
 * old session ends at the first request that brings our cookie back, so requests at the same time and lost answers log
 * nobody out. From then on the old cookie opens nothing. A visitor's data move into an anonymous session, if the site has
 * those. An error of the old store fails the request: nobody is logged in, nothing changes.
 *
 * Users keep being logged in when you take the method out of `auth`, because their sessions count as those of
 * `express-session`, which belongs to every chain (spec 2).
 * @throws ConfigurationError for a store, a secret or an option that is none
 */
export function fromExpressSession(options: FromExpressSessionOptions): FromExpressSession {
  assertKnown(options, OPTIONS);
  const {
    store,
    secret,
    name = 'connect.sid',
    cookie = {},
    user = passportUser,
    keep = null,
    remember = null,
  } = options;
  if (!hasMethods(store, ['get', 'destroy']))
    throw new ConfigurationError(
      "option store must be the old store of express-session, with 'get' and 'destroy'",
    );
  assertFunction(user, 'user');
  if (remember !== null) assertFunction(remember, 'remember');
  if (keep !== null && (!Array.isArray(keep) || keep.some((key) => typeof key !== 'string')))
    throw new ConfigurationError("option keep must be a list of session keys: ['cart']");
  const secrets = Array.isArray(secret) ? [...secret] : [secret];
  if (secrets.length === 0 || secrets.some((one) => !one))
    throw new ConfigurationError(
      'option secret must be the old secret of express-session, or a list of them',
    );
  assertOldCookie(name, cookie);
  const sidOf = (value: string | undefined) => readSid(value, secrets);
  const oldCookie = { name, ...cookie };
  const moving = new MovingMethod({ store, sidOf, cookie: oldCookie, userOf: user, keep, remember });
  return {
    name: moving.name,
    logsIn: moving.logsIn,
    authenticate: (request, known, site: ChainSite) => moving.authenticate(request, known, site),
    async end({ headers = {} }: Pick<IncomingRequest, 'headers'>): Promise<void> {
      const pairs = parseCookieHeader(headerField(headerFields(headers), 'cookie'));
      const sid = sidOf(pairs.find(([given]) => given === name)?.[1]);
      if (sid !== null) await moving.end(sid);
    },
  };
}

/** RFC 6265, section 4.1.1: the characters of a cookie's name. */
const COOKIE_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** @throws ConfigurationError for a cookie that no `Set-Cookie` can delete */
function assertOldCookie(name: unknown, cookie: NonNullable<FromExpressSessionOptions['cookie']>): void {
  if (typeof name !== 'string' || !COOKIE_NAME.test(name))
    throw new ConfigurationError(
      `option name must be the name of the old cookie, such as 'connect.sid'; ${show(name)} is none`,
    );
  if (typeof cookie !== 'object' || cookie === null)
    throw new ConfigurationError('option cookie must be an object such as { path, domain }');
  assertKnown(cookie, ['path', 'domain']);
  if (cookie.path !== undefined) assertCookiePath(cookie.path, 'cookie.path');
  if (cookie.domain !== undefined) assertCookieDomain(cookie.domain, 'cookie.domain');
}
