import type { AuthOption } from '../auth/builtin.js';
import { type Clock, systemClock } from '../base/clock.js';
import type { TrustProxy } from '../http/proxy.js';
import { DEFAULT_COOKIE_NAME } from '../session/cookie/attributes.js';
import { assertCookieName } from '../session/cookie/signer.js';
import { DEFAULT_COOKIE_LIFETIME, type LifetimeOptions } from '../session/lifecycle/lifetime.js';
import { DEFAULT_STORE, type SessionClient, type SessionStore } from '../store/contract.js';
import type { UserDirectory } from '../users/directory.js';
import {
  assertAudit,
  assertBoolean,
  assertMaxSessions,
  assertSecrets,
  assertStore,
  assertSuperuser,
  assertTrailSize,
  assertTrustedOrigins,
  assertUserCache,
  assertUsers,
  listOf,
  oneOf,
} from './checks.js';
import { assertCookieDomain, assertCookiePath } from './cookie-checks.js';
import { type Given, type Option, option, optional } from './option-row.js';

/** A key that signs cookies; a string counts as UTF-8. */
export type Secret = string | Uint8Array;

/** Documented in `LifetimeOptions`; the class `Lifetimes` checks them. */
const LIFETIMES: { [Name in keyof LifetimeOptions]-?: Option<number, number | undefined> } = {
  cookieLifetime: option(DEFAULT_COOKIE_LIFETIME),
  anonymousCookieLifetime: optional(),
  maxLifetime: optional(),
  refreshInterval: optional(),
};

/**
 * Every option of `createSessions`, one row each: docstring, type, default, check. From these rows come `SessionsOptions`,
 * the defaults and checks of `readOptions`, and the table in docs/library.md (`npx vitest run test/docs/options.test.ts -u`).
 */
export const OPTIONS = {
  /**
   * Where sessions are kept: `file:DIR`, a path, a `file:` URL, `redis://HOST`, `memory:`, or a store object. Default
   * `file:.moin-sessions`.
   */
  store: option<string | URL | SessionStore>(DEFAULT_STORE, assertStore),
  /** Who may log in: the path or `file:` URL of a user file, or a user directory of your own. Default: nobody is known. */
  users: optional<string | URL | UserDirectory>(assertUsers),
  /**
   * Seconds for which the user that `findById` gave is used for other requests too; fractions allowed, at most 60. A disabled
   * or removed user is out within them. For a user directory that is slow to ask; a user file needs no cache. Needs `users`.
   * Default `0`.
   */
  userCache: option<number>(0, assertUserCache),
  /**
   * The auth chain, in order: names and methods. Default: `moin_login` if there are `users`, `moin_session`, and
   * `moin_anon_session` if `anonymousCookieLifetime` is above 0.
   */
  auth: optional<readonly AuthOption[]>(),
  /**
   * Keys that sign the cookies, at least 32 bytes each; a string counts as UTF-8. The first signs, all verify. Default: the
   * store makes one on first use and keeps it: files in their folder, Redis under a key. A link in the folder to a secret
   * elsewhere is followed if root or the process's user made the link.
   */
  secrets: optional<Secret | readonly Secret[]>(assertSecrets),
  /** The name of the cookie. Use `__Host-MOIN_SESSION` if the whole site is HTTPS. Default `MOIN_SESSION`. */
  cookieName: option<string>(DEFAULT_COOKIE_NAME, assertCookieName),
  /**
   * The hosts that get the cookie: `example.com` stands for this host and all its subdomains. Default: the host that set
   * the cookie, and no other.
   */
  cookieDomain: optional<string>(assertCookieDomain),
  /** The pages that get the cookie: `/wiki` stands for this path and all paths below it. Default `/`. */
  cookiePath: option<string>('/', assertCookiePath),
  /**
   * When the browser sends the cookie with a request that comes from another site: `Lax`, if somebody follows a link or
   * types an address; `Strict`, never; `None`, always, which pages in a frame of another site need. `None` needs
   * `cookieSecure: true`. Default `Lax`.
   */
  cookieSameSite: option<'Lax' | 'Strict' | 'None'>('Lax', oneOf('Lax', 'Strict', 'None')),
  /**
   * Whether the browser sends the cookie over HTTPS alone: `true` always, `false` never. Default: `Secure` if the request
   * came over HTTPS, and always under a `__Host-` or `__Secure-` name.
   */
  cookieSecure: optional<boolean>(assertBoolean),
  /**
   * Whether a page in a frame has a cookie of its own for each site that the frame is in (CHIPS). Needs
   * `cookieSecure: true`. Default `false`.
   */
  cookiePartitioned: option<boolean>(false, assertBoolean),
  /**
   * Whether the browser drops the cookie of a login without "remember me" when it closes. The record lives as it would
   * otherwise. Default `false`.
   */
  browserSession: option<boolean>(false, assertBoolean),
  ...LIFETIMES,
  /**
   * When a visitor's session begins. `returning`: with the request that brings the cookie back, so clients without cookies
   * cost no record. `first-visit`: at once, so a cart, a flash message or a CSRF token of the very first response is kept.
   * Then each client without cookies costs a record for every response that stores a value. Default `returning`.
   */
  anonymousSessions: option<'returning' | 'first-visit'>('returning', oneOf('returning', 'first-visit')),
  /** Sessions that one user may have at a time, those without a login (HTTP Basic, a proxy) included. Default `20`. */
  maxSessionsPerUser: option<number>(20, assertMaxSessions),
  /**
   * What a login does at `maxSessionsPerUser`: `evict` ends the least recently used session, `deny` refuses the login. Of logins
   * at the same time, exactly as many succeed as the limit allows. Default `evict`.
   */
  onLimit: option<'evict' | 'deny'>('evict', oneOf('evict', 'deny')),
  /** The names, as `users` has them, of the users who may change user. Default: nobody. */
  superuser: option<readonly string[]>([], assertSuperuser),
  /** Pages that the visited-pages trail holds; 0 keeps none. Default `5`. */
  trailSize: option<number>(5, assertTrailSize),
  /**
   * The proxies whose `X-Forwarded-Proto`, `X-Forwarded-Host` and `X-Forwarded-For` count: `true` for all peers, `false` for none, or a list
   * of addresses and CIDR ranges. Default `false`.
   */
  trustProxy: option<TrustProxy>(false),
  /**
   * What a record keeps of the client that sent the last refresh: any of `address`, `userAgent`, `url`. It is personal data.
   * `address` is the peer's, or behind a trusted proxy the rightmost in `X-Forwarded-For` that is no trusted proxy; if `trustProxy` is `true`,
   * the rightmost. `userAgent` has at most 256 characters. `url` is the path without the query, at most 1024 characters.
   * Default: none.
   */
  rememberClient: option<readonly (keyof SessionClient)[]>([], listOf('address', 'userAgent', 'url')),
  /**
   * Origins (`https://app.example.com`) of other sites whose pages may post login forms here and get cookies with the
   * answer. Default: none.
   */
  trustedOrigins: option<readonly string[]>([], assertTrustedOrigins),
  /**
   * The audit log: who logged in, failed to and logged out, which sessions ended, who acted as whom, and what the command line
   * changed. The path or `file:` URL of a file, which gets a line of JSON for each, or `syslog`. Default: none.
   */
  audit: optional<string | URL>(assertAudit),
  /** What a save survives: with `process` the end of the process, with `fsync` a power cut too (I7). Default `process`. */
  durability: option<'process' | 'fsync'>('process', oneOf('process', 'fsync')),
  /**
   * A function that returns the time in ms since 1970; fractions are cut off. It may be
   * `() => performance.timeOrigin + performance.now()`. Default: the system's clock.
   */
  clock: option<Clock>(systemClock),
};

/** The options of `createSessions`, and of a configuration file (spec 5). All may be left out. */
export interface SessionsOptions extends Given<typeof OPTIONS> {}

/** Gives types to a configuration file; the same object goes to `createSessions`. */
export function defineConfig(options: SessionsOptions): SessionsOptions {
  return options;
}
