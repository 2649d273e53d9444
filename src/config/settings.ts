import { isUint8Array } from 'node:util/types';
import { type AuthOption, readChain } from '../auth/builtin.js';
import type { AuthMethod } from '../auth/method.js';
import { type Clock, systemClock, wholeClock } from '../base/clock.js';
import { ConfigurationError } from '../base/errors.js';
import { bare } from '../base/own.js';
import { trustedPeers } from '../http/proxy.js';
import { assertCookieName, DEFAULT_COOKIE_NAME } from '../session/cookie/signer.js';
import { Lifetimes } from '../session/lifecycle/lifetime.js';
import { DEFAULT_STORE, type SessionStore } from '../store/contract.js';
import type { UserDirectory } from '../users/directory.js';
import {
  assertKnown,
  assertMaxSessions,
  assertOneOf,
  assertStore,
  assertSuperuser,
  assertTrailSize,
  assertTrustedOrigins,
  assertUsers,
} from './checks.js';
import { OPTIONS, type Secret, type SessionsOptions } from './options.js';

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
  trustedOrigins: ReadonlySet<string>;
  durability: 'process' | 'fsync';
  clock: Clock;
}

/** How many pages the visited-pages trail holds when nothing is said (spec 5). */
const DEFAULT_TRAIL_SIZE = 5;

/** @throws ConfigurationError naming the option and the remedy. */
export function readOptions(given: SessionsOptions): Settings {
  assertKnown(given, OPTIONS);
  const options = bare(given);
  const { store = DEFAULT_STORE, users, clock = systemClock, superuser = [], trustProxy = false } = options;
  const { cookieName = DEFAULT_COOKIE_NAME, maxSessionsPerUser = 20, onLimit = 'evict' } = options;
  const { durability = 'process', trailSize = DEFAULT_TRAIL_SIZE, trustedOrigins = [] } = options;
  assertStore(store);
  assertUsers(users);
  assertCookieName(cookieName);
  assertOneOf('onLimit', onLimit, ['evict', 'deny']);
  assertOneOf('durability', durability, ['process', 'fsync']);
  assertMaxSessions(maxSessionsPerUser);
  assertSuperuser(superuser, users);
  assertTrailSize(trailSize);
  assertTrustedOrigins(trustedOrigins);
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
    trustedOrigins: new Set(trustedOrigins),
    durability,
    clock: wholeClock(clock),
  };
}

function defaultChain(hasUsers: boolean, hasAnonymous: boolean): AuthOption[] {
  const chain: AuthOption[] = hasUsers ? ['moin_login', 'moin_session'] : ['moin_session'];
  return hasAnonymous ? [...chain, 'moin_anon_session'] : chain;
}

function readSecrets(secrets: SessionsOptions['secrets']): Uint8Array[] | undefined {
  if (secrets === undefined) return undefined;
  const list: readonly Secret[] = typeof secrets === 'string' || isUint8Array(secrets) ? [secrets] : secrets;
  if (!Array.isArray(list) || !list.every((secret) => typeof secret === 'string' || isUint8Array(secret))) {
    throw new ConfigurationError('option secrets must be a string or bytes, or a list of them');
  }
  return list.map((secret) => (typeof secret === 'string' ? Buffer.from(secret) : secret));
}
