import { type AuthOption, readChain } from './auth/builtin.js';
import type { AuthMethod } from './auth/method.js';
import { type TrustProxy, trustedPeers } from './auth/proxy.js';
import { type Clock, systemClock } from './clock.js';
import { ConfigurationError } from './errors.js';
import { assertCookieName, DEFAULT_COOKIE_NAME } from './session/cookie.js';
import { type LifetimeOptions, Lifetimes } from './session/lifetime.js';
import { DEFAULT_STORE, type SessionStore } from './store/contract.js';
import { didYouMean } from './suggest.js';
import type { UserDirectory } from './users/directory.js';

type Secret = string | Uint8Array;

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
  /** The names of those who may change user. Default: nobody. */
  superuser?: readonly string[];
  /** How many pages the visited-pages trail holds. Default 5. */
  trailSize?: number;
  /** Which peers may say by X-Forwarded-Proto that a request came over HTTPS. Default: none. */
  trustProxy?: TrustProxy;
  /** `process`: a save outlives the process; `fsync`: the power cut too (I7). Default `process`. */
  durability?: 'process' | 'fsync';
  /** The time in ms. Default: the system's. */
  clock?: Clock;
}

/** The options, checked and complete. */
export interface Settings {
  store: string | URL | SessionStore;
  users: string | URL | UserDirectory | undefined;
  methods: AuthMethod[];
  /** Undefined: the store keeps one. */
  secrets: Uint8Array[] | undefined;
  cookieName: string;
  lifetimes: Lifetimes;
  maxSessionsPerUser: number;
  onLimit: 'evict' | 'deny';
  superuser: readonly string[];
  trailSize: number;
  trusted: (address: string | undefined) => boolean;
  durability: 'process' | 'fsync';
  clock: Clock;
}

/** How many pages the visited-pages trail holds when nothing is said (spec 5). */
const DEFAULT_TRAIL_SIZE = 5;

const OPTIONS = [
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
  'durability',
  'clock',
] satisfies (keyof SessionsOptions)[];

/** Gives types to a configuration file; the same object goes to `createSessions`. */
export function defineConfig(options: SessionsOptions): SessionsOptions {
  return options;
}

/** @throws ConfigurationError naming the option and the remedy. */
export function readOptions(options: SessionsOptions): Settings {
  const unknown = Object.keys(options).find((name) => !(OPTIONS as string[]).includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `there is no option ${JSON.stringify(unknown)}${didYouMean(unknown, OPTIONS)}; the options are ${OPTIONS.join(', ')}`,
    );
  }
  const { store = DEFAULT_STORE, users, clock = systemClock, superuser = [], trustProxy = false } = options;
  const { cookieName = DEFAULT_COOKIE_NAME, maxSessionsPerUser = 20, onLimit = 'evict' } = options;
  const { durability = 'process', trailSize = DEFAULT_TRAIL_SIZE } = options;
  if (!isPlace(store) && !offers(store, ['find', 'create', 'update', 'delete'])) {
    throw new ConfigurationError("option store must say where: 'file:DIR' or a path; or be a store");
  }
  if (
    users !== undefined &&
    !isPlace(users) &&
    !offers(users, ['findByName', 'findById', 'verifyPassword'])
  ) {
    throw new ConfigurationError(
      'option users must be the path of a user file, or have findByName, findById and verifyPassword',
    );
  }
  assertCookieName(cookieName);
  oneOf('onLimit', onLimit, ['evict', 'deny']);
  oneOf('durability', durability, ['process', 'fsync']);
  if (
    !(maxSessionsPerUser === Number.POSITIVE_INFINITY || Number.isSafeInteger(maxSessionsPerUser)) ||
    maxSessionsPerUser < 1
  ) {
    throw new ConfigurationError('option maxSessionsPerUser must be a whole number above 0');
  }
  if (typeof clock !== 'function')
    throw new ConfigurationError('option clock must be a function that gives the time in ms');
  if (!Array.isArray(superuser) || superuser.some((name) => typeof name !== 'string')) {
    throw new ConfigurationError('option superuser must be a list of user names');
  }
  if (superuser.length > 0 && users === undefined) {
    throw new ConfigurationError(
      "option superuser needs a user directory to change to: set the option 'users'",
    );
  }
  if (!Number.isSafeInteger(trailSize) || trailSize < 0) {
    throw new ConfigurationError('option trailSize must be a whole number, 0 or more');
  }
  const lifetimes = new Lifetimes(options);
  const auth = options.auth ?? defaultChain(users !== undefined, lifetimes.anonymousAllowed);
  return {
    store,
    users,
    methods: readChain(auth, options.anonymousCookieLifetime !== undefined),
    secrets: readSecrets(options.secrets),
    cookieName,
    lifetimes,
    maxSessionsPerUser,
    onLimit,
    superuser,
    trailSize,
    trusted: trustedPeers('trustProxy', trustProxy),
    durability,
    clock,
  };
}

function defaultChain(hasUsers: boolean, hasAnonymous: boolean): AuthOption[] {
  const chain: AuthOption[] = hasUsers ? ['moin_login', 'moin_session'] : ['moin_session'];
  return hasAnonymous ? [...chain, 'moin_anon_session'] : chain;
}

function readSecrets(secrets: SessionsOptions['secrets']): Uint8Array[] | undefined {
  if (secrets === undefined) return undefined;
  const list: readonly Secret[] =
    typeof secrets === 'string' || secrets instanceof Uint8Array ? [secrets] : secrets;
  if (
    !Array.isArray(list) ||
    !list.every((secret) => typeof secret === 'string' || secret instanceof Uint8Array)
  ) {
    throw new ConfigurationError('option secrets must be a string or bytes, or a list of them');
  }
  return list.map((secret) => (typeof secret === 'string' ? Buffer.from(secret) : secret));
}

function isPlace(value: unknown): boolean {
  return typeof value === 'string' || value instanceof URL;
}

/** Whether the application's own object can do what is asked of it. */
function offers(candidate: unknown, methods: readonly string[]): boolean {
  if (typeof candidate !== 'object' || candidate === null) return false;
  return methods.every((name) => typeof (candidate as Record<string, unknown>)[name] === 'function');
}

function oneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (typeof value === 'string' && allowed.includes(value)) return;
  throw new ConfigurationError(`option ${name} must be ${allowed.join(' or ')}`);
}
