import type { AuthOption } from '../auth/builtin.js';
import type { Clock } from '../base/clock.js';
import type { TrustProxy } from '../http/proxy.js';
import type { LifetimeOptions } from '../session/lifecycle/lifetime.js';
import type { SessionStore } from '../store/contract.js';
import type { UserDirectory } from '../users/directory.js';

/** What signs cookies; a string counts as UTF-8. */
export type Secret = string | Uint8Array;

/** The options of `createSessions`, and of a configuration file (spec 5). All may be left out. */
export interface SessionsOptions extends LifetimeOptions {
  /** Where sessions are kept: `file:DIR`, a path, `memory:`, or a store. Default `file:.moin-sessions`. */
  store?: string | URL | SessionStore;
  /** Who may log in: the path of a user file, or a directory of the application's own. Default: nobody is known. */
  users?: string | URL | UserDirectory;
  /**
   * The auth chain. Default: `moin_login` if there are `users`, `moin_session`, and `moin_anon_session` if
   * `anonymousCookieLifetime` is above 0.
   */
  auth?: readonly AuthOption[];
  /**
   * What signs the cookies: 32 bytes or more each; a string counts as UTF-8. The first signs, all verify. Default,
   * with the file store: one that is made on first use and kept in the store's folder.
   */
  secrets?: Secret | readonly Secret[];
  /** Default `MOIN_SESSION`. Over HTTPS alone, `__Host-MOIN_SESSION` is the safer one. */
  cookieName?: string;
  /** Logins per user at a time. Default 20. */
  maxSessionsPerUser?: number;
  /** At that limit: `evict` ends the session not seen longest, `deny` refuses the login. Default `evict`. */
  onLimit?: 'evict' | 'deny';
  /** The names of those who may change user, as the user directory has them. Default: nobody. */
  superuser?: readonly string[];
  /** How many pages the visited-pages trail holds. Default 5. */
  trailSize?: number;
  /** Which peers may say by X-Forwarded-Proto and X-Forwarded-Host what the browser asked for. Default: none. */
  trustProxy?: TrustProxy;
  /**
   * Origins (`https://app.example.com`) of other sites whose pages may send login forms here and get cookies with the
   * answer, as this site's own may. Default: none.
   */
  trustedOrigins?: readonly string[];
  /** `process`: a save outlives the process; `fsync`: the power cut too (I7). Default `process`. */
  durability?: 'process' | 'fsync';
  /** The time in ms since 1970, rounded down here: `() => performance.timeOrigin + performance.now()` will do. Default: the system's. */
  clock?: Clock;
}

/** The names of all options. */
export const OPTIONS = [
  'store',
  'users',
  'auth',
  'secrets',
  'cookieName',
  'cookieLifetime',
  'anonymousCookieLifetime',
  'maxLifetime',
  'maxSessionsPerUser',
  'onLimit',
  'superuser',
  'trailSize',
  'trustProxy',
  'trustedOrigins',
  'durability',
  'clock',
] satisfies (keyof SessionsOptions)[];

/** Gives types to a configuration file; the same object goes to `createSessions`. */
export function defineConfig(options: SessionsOptions): SessionsOptions {
  return options;
}
