import { isUint8Array } from 'node:util/types';
import { ConfigurationError } from '../base/errors.js';
import { hasMethods } from '../base/has-methods.js';
import { isUrl } from '../base/realm.js';
import { show } from '../base/show.js';
import { didYouMean } from '../base/suggest.js';
import { isMoinStore } from '../moin/is-moin-store.js';
import { isStore, missingFromStore } from '../store/is-store.js';
import { isMoinAddress } from '../store/opener.js';

/** The checks of options. Each throws a ConfigurationError that names the option and the remedy. */

export function assertKnown(options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ConfigurationError(
    `there is no option ${JSON.stringify(unknown)}${didYouMean(unknown, known)}; the options are ${known.join(', ')}`,
  );
}

export function assertStore(store: unknown, name = 'store'): void {
  if (isPlace(store)) return;
  if (!isStore(store))
    throw new ConfigurationError(
      `option ${name} must be 'file:DIR', a path, a file: URL, 'redis://…', 'memory:', or a store object`,
    );
  const missing = missingFromStore(store);
  if (missing.length === 0) return;
  throw new ConfigurationError(
    `option ${name} must be a whole store, and this object lacks ${missing.join(', ')}: write what the interface SessionStore says, and try it with storeChecks of moin-sessions/testing`,
  );
}

/**
 * Refuses a store that takes no new sessions, so that a server does not find out at the first login.
 * @throws ConfigurationError with the remedy
 */
export function assertTakesSessions(store: unknown, name = 'store'): void {
  const address = isUrl(store) ? store.href : store;
  if (!isMoinStore(store) && !(typeof address === 'string' && isMoinAddress(address))) return;
  throw new ConfigurationError(
    `option ${name} names a MoinMoin wiki, which makes its sessions itself and takes none of an application: copy them to a store of yours ('moin-sessions --store moin:DIR copy --to file:DIR'), and name that one`,
  );
}

export function assertUsers(users: unknown, name: string): void {
  if (isPlace(users)) return;
  const { passwordStamp } = (users ?? {}) as { passwordStamp?: unknown };
  if (passwordStamp !== undefined && typeof passwordStamp !== 'function')
    throw new ConfigurationError(`passwordStamp of option ${name} must be a function, or be left out`);
  if (hasMethods(users, ['findByName', 'findById', 'verifyPassword'])) return;
  throw new ConfigurationError(
    `option ${name} must be the path of a user file, or have findByName, findById and verifyPassword`,
  );
}

export function assertAudit(audit: unknown, name: string): void {
  if (isUrl(audit) ? audit.protocol === 'file:' : typeof audit === 'string' && audit !== '') return;
  throw new ConfigurationError(`option ${name} must be 'syslog', or the path or file: URL of a file`);
}

/** The longest time (s) that a disabled user may stay in: a disabled account must end its sessions without delay. */
const LONGEST_USER_CACHE = 60;

export function assertUserCache(seconds: unknown, name: string): void {
  if (typeof seconds === 'number' && seconds >= 0 && seconds <= LONGEST_USER_CACHE) return;
  const remedy = typeof seconds === 'number' && seconds >= 1000 ? `: did you mean ${seconds / 1000}?` : '';
  throw new ConfigurationError(
    `option ${name} must be a number of seconds from 0 to ${LONGEST_USER_CACHE}${remedy}`,
  );
}

export function assertSecrets(secrets: unknown, name: string): void {
  const list: unknown[] = Array.isArray(secrets) ? secrets : [secrets];
  if (list.every((secret) => typeof secret === 'string' || isUint8Array(secret))) return;
  throw new ConfigurationError(`option ${name} must be a string or bytes, or a list of them`);
}

/** The check of an option that is one of these words. */
export function oneOf(...allowed: readonly string[]): (value: unknown, name: string) => void {
  return (value, name) => {
    if (typeof value === 'string' && allowed.includes(value)) return;
    throw new ConfigurationError(`option ${name} must be ${allowed.join(' or ')}`);
  };
}

export function assertFunction(value: unknown, name: string): void {
  if (typeof value === 'function') return;
  throw new ConfigurationError(`option ${name} must be a function`);
}

export function assertBoolean(value: unknown, name: string): void {
  if (typeof value === 'boolean') return;
  throw new ConfigurationError(`option ${name} must be true or false`);
}

/** The check of an option that is a list of some of these words. */
export function listOf(...allowed: readonly string[]): (value: unknown, name: string) => void {
  return (value, name) => {
    if (Array.isArray(value) && value.every((word) => allowed.includes(word))) return;
    throw new ConfigurationError(`option ${name} must be a list of any of ${allowed.join(', ')}`);
  };
}

export function assertMaxSessions(count: unknown, name: string): void {
  if (count === Number.POSITIVE_INFINITY || isWholeNumber(count, 1)) return;
  throw new ConfigurationError(`option ${name} must be a whole number above 0`);
}

export function assertSuperuser(superusers: unknown, name: string): void {
  if (Array.isArray(superusers) && superusers.every((user) => typeof user === 'string')) return;
  throw new ConfigurationError(`option ${name} must be a list of user names`);
}

export function assertTrailSize(size: unknown, name: string): void {
  if (isWholeNumber(size, 0)) return;
  throw new ConfigurationError(`option ${name} must be a whole number, 0 or more`);
}

export function assertTrustedOrigins(origins: unknown, name: string): void {
  const expected = `option ${name} must be a list of origins such as 'https://app.example.com'`;
  if (!Array.isArray(origins)) throw new ConfigurationError(expected);
  const wrong = origins.find((origin) => originOf(origin) === null || originOf(origin) !== origin);
  if (wrong === undefined) return;
  const origin = originOf(wrong);
  const remedy = origin === null ? '' : `: write ${JSON.stringify(origin)}`;
  throw new ConfigurationError(`${expected}; ${show(wrong)} is none${remedy}`);
}

/** The origin as a browser writes it: scheme and host in lower case, no default port, no path. Null for other text. */
function originOf(text: unknown): string | null {
  if (typeof text !== 'string' || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const { origin, hostname } = new URL(text);
  return hostname.includes('*') ? null : origin;
}

function isWholeNumber(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function isPlace(value: unknown): boolean {
  return typeof value === 'string' || isUrl(value);
}
