import { type AuthOption, readChain } from '../auth/builtin.js';
import type { AuthMethod } from '../auth/method.js';
import { wholeClock } from '../base/clock.js';
import { ConfigurationError } from '../base/errors.js';
import { bare } from '../base/own.js';
import { trustedPeers } from '../http/proxy.js';
import { type LifetimeOptions, Lifetimes } from '../session/lifecycle/lifetime.js';
import { assertKnown } from './checks.js';
import { assertBrowsersTake } from './cookie-checks.js';
import type { Complete } from './option-row.js';
import { OPTIONS, type Secret, type SessionsOptions } from './options.js';

type CompleteOptions = Complete<typeof OPTIONS>;

/** The options, checked and complete. Some have another form here than in `SessionsOptions`: the one that the site uses. */
export interface Settings extends Omit<CompleteOptions, 'secrets' | 'trustedOrigins'> {
  /** From `auth`. */
  methods: AuthMethod[];
  lifetimes: Lifetimes;
  /** Undefined: the store keeps the secret. */
  secrets: Uint8Array[] | undefined;
  /** From `trustProxy`: whether the peer at this address is a trusted proxy. */
  trusted: (address: string | undefined) => boolean;
  trustedOrigins: ReadonlySet<string>;
}

/** A check of options each of which may be good, and which do not go together. */
interface Combination {
  /** Those on which a fault depends. While one of them is wrong itself, nothing is said of the combination. */
  of: readonly (keyof SessionsOptions)[];
  /** @throws ConfigurationError */
  check: (options: CompleteOptions) => unknown;
}

/** In the order in which `readOptions` finds them. */
export const COMBINATIONS: readonly Combination[] = [
  { of: ['superuser', 'users'], check: assertSuperuserKnown },
  { of: ['userCache', 'users'], check: assertCacheUsed },
  {
    of: ['cookieName', 'cookieDomain', 'cookiePath', 'cookieSameSite', 'cookieSecure', 'cookiePartitioned'],
    check: assertBrowsersTake,
  },
  // Without a cookieLifetime of its own, a site takes every refreshInterval that one could allow.
  { of: ['refreshInterval', 'anonymousCookieLifetime'], check: lifetimesOf },
  { of: ['auth', 'anonymousCookieLifetime'], check: methodsOf },
  { of: ['anonymousSessions', 'auth', 'anonymousCookieLifetime'], check: assertAnonymous },
];

/** @throws ConfigurationError naming the option and the remedy */
export function readOptions(given: SessionsOptions): Settings {
  const options = complete(given);
  for (const { check } of COMBINATIONS) check(options);
  return {
    ...options,
    methods: methodsOf(options),
    lifetimes: lifetimesOf(options),
    secrets: options.secrets === undefined ? undefined : secretBytes(options.secrets),
    trusted: trustedPeers('trustProxy', options.trustProxy),
    trustedOrigins: new Set(options.trustedOrigins),
    clock: wholeClock(options.clock),
  };
}

function lifetimesOf(options: CompleteOptions): Lifetimes {
  return new Lifetimes(options as LifetimeOptions);
}

function methodsOf(options: CompleteOptions): AuthMethod[] {
  const { auth, users, anonymousCookieLifetime } = options;
  const chain = auth ?? defaultChain(users !== undefined, isAnonymousAllowed(options));
  return readChain(chain, anonymousCookieLifetime !== undefined);
}

function isAnonymousAllowed({ anonymousCookieLifetime }: CompleteOptions): boolean {
  return new Lifetimes({ anonymousCookieLifetime } as LifetimeOptions).anonymousAllowed;
}

function assertSuperuserKnown({ superuser, users }: CompleteOptions): void {
  if (superuser.length === 0 || users !== undefined) return;
  throw new ConfigurationError(
    "option superuser needs a user directory to change to: set the option 'users'",
  );
}

function assertCacheUsed({ userCache, users }: CompleteOptions): void {
  if (userCache === 0 || users !== undefined) return;
  throw new ConfigurationError(
    "option userCache has nothing to keep, because there is no user directory: set the option 'users', or leave it out",
  );
}

/** @throws ConfigurationError when the site has no anonymous sessions that could begin at the first visit */
function assertAnonymous(options: CompleteOptions): void {
  if (options.anonymousSessions !== 'first-visit') return;
  const remedy = !isAnonymousAllowed(options)
    ? 'set anonymousCookieLifetime (hours, above 0)'
    : methodsOf(options).every(({ name }) => name !== 'moin_anon_session') &&
      "put 'moin_anon_session' into 'auth'";
  if (remedy === false) return;
  throw new ConfigurationError(
    `option anonymousSessions is 'first-visit', but this site has no anonymous sessions: ${remedy}, or leave the option out`,
  );
}

/** Every option, given or default; those that were given are checked. */
export function complete(given: SessionsOptions): CompleteOptions {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new ConfigurationError("the options must be an object, such as { store: 'file:sessions' }");
  assertKnown(given, Object.keys(OPTIONS));
  const options = bare(given) as Record<string, unknown>;
  for (const [name, row] of Object.entries(OPTIONS)) {
    if (options[name] === undefined) options[name] = row.default;
    else row.check?.(options[name], name);
  }
  return options as CompleteOptions;
}

function defaultChain(hasUsers: boolean, hasAnonymous: boolean): AuthOption[] {
  const chain: AuthOption[] = hasUsers ? ['moin_login', 'moin_session'] : ['moin_session'];
  return hasAnonymous ? [...chain, 'moin_anon_session'] : chain;
}

function secretBytes(secrets: Secret | readonly Secret[]): Uint8Array[] {
  const list = isList(secrets) ? secrets : [secrets];
  return list.map((secret) => (typeof secret === 'string' ? Buffer.from(secret) : secret));
}

function isList(secrets: Secret | readonly Secret[]): secrets is readonly Secret[] {
  return Array.isArray(secrets);
}
