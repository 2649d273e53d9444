import type { AuthOption } from '../auth/builtin.js';
import { type Clock, systemClock } from '../base/clock.js';
import type { TrustProxy } from '../http/proxy.js';
import { assertCookieName, DEFAULT_COOKIE_NAME } from '../session/cookie/signer.js';
import { DEFAULT_COOKIE_LIFETIME, type LifetimeOptions } from '../session/lifecycle/lifetime.js';
import { DEFAULT_STORE, type SessionStore } from '../store/contract.js';
import type { UserDirectory } from '../users/directory.js';
import {
  assertMaxSessions,
  assertSecrets,
  assertStore,
  assertSuperuser,
  assertTrailSize,
  assertTrustedOrigins,
  assertUsers,
  oneOf,
} from './checks.js';
import { type Given, type Option, option, optional } from './option-row.js';

/** A key that signs cookies; a string counts as UTF-8. */
export type Secret = string | Uint8Array;

/** Documented in `LifetimeOptions`; the class `Lifetimes` checks them. */
const LIFETIMES: { [Name in keyof LifetimeOptions]-?: Option<number, number | undefined> } = {
  cookieLifetime: option(DEFAULT_COOKIE_LIFETIME),
  anonymousCookieLifetime: optional(),
  maxLifetime: optional(),
};

/**
 * Every option of `createSessions`, one row each: docstring, type, default, check. From these rows come `SessionsOptions`,
 * the defaults and checks of `readOptions`, and the table in docs/library.md (`npx vitest run test/docs/options.test.ts -u`).
 */
export const OPTIONS = {
  /** Where sessions are kept: `file:DIR`, a path, a `file:` URL, `memory:`, or a store object. Default `file:.moin-sessions`. */
  store: option<string | URL | SessionStore>(DEFAULT_STORE, assertStore),
  /** Who may log in: the path or `file:` URL of a user file, or a user directory of your own. Default: nobody is known. */
  users: optional<string | URL | UserDirectory>(assertUsers),
  /**
   * The auth chain, in order: names and methods. Default: `moin_login` if there are `users`, `moin_session`, and
   * `moin_anon_session` if `anonymousCookieLifetime` is above 0.
   */
  auth: optional<readonly AuthOption[]>(),
  /**
   * Keys that sign the cookies, at least 32 bytes each; a string counts as UTF-8. The first signs, all verify. Default: the
   * file store makes one on first use and keeps it in its folder. A link there to a secret elsewhere is followed if root or
   * the process's user made the link.
   */
  secrets: optional<Secret | readonly Secret[]>(assertSecrets),
  /** The name of the cookie. Use `__Host-MOIN_SESSION` if the whole site is HTTPS. Default `MOIN_SESSION`. */
  cookieName: option<string>(DEFAULT_COOKIE_NAME, assertCookieName),
  ...LIFETIMES,
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
   * Origins (`https://app.example.com`) of other sites whose pages may post login forms here and get cookies with the
   * answer. Default: none.
   */
  trustedOrigins: option<readonly string[]>([], assertTrustedOrigins),
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
