import { ConfigurationError } from '../base/errors.js';
import { hasMethods } from '../base/has-methods.js';
import { isUrl } from '../base/realm.js';
import { didYouMean } from '../base/suggest.js';
import { isStore } from '../store/is-store.js';

/** One check per option whose type alone does not say enough. Each throws a ConfigurationError with the remedy. */

export function assertKnown(options: object, known: readonly string[]): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new ConfigurationError(
    `there is no option ${JSON.stringify(unknown)}${didYouMean(unknown, known)}; the options are ${known.join(', ')}`,
  );
}

export function assertStore(store: unknown): void {
  if (isPlace(store) || isStore(store)) return;
  throw new ConfigurationError("option store must say where: 'file:DIR' or a path; or be a store");
}

export function assertUsers(users: unknown): void {
  if (users === undefined || isPlace(users)) return;
  if (hasMethods(users, ['findByName', 'findById', 'verifyPassword'])) return;
  throw new ConfigurationError(
    'option users must be the path of a user file, or have findByName, findById and verifyPassword',
  );
}

export function assertOneOf(name: string, value: unknown, allowed: readonly string[]): void {
  if (typeof value === 'string' && allowed.includes(value)) return;
  throw new ConfigurationError(`option ${name} must be ${allowed.join(' or ')}`);
}

export function assertMaxSessions(count: unknown): void {
  if (count === Number.POSITIVE_INFINITY || isWholeNumber(count, 1)) return;
  throw new ConfigurationError('option maxSessionsPerUser must be a whole number above 0');
}

export function assertSuperuser(names: unknown, users: unknown): void {
  if (!Array.isArray(names) || names.some((name) => typeof name !== 'string')) {
    throw new ConfigurationError('option superuser must be a list of user names');
  }
  if (names.length > 0 && users === undefined) {
    throw new ConfigurationError(
      "option superuser needs a user directory to change to: set the option 'users'",
    );
  }
}

export function assertTrailSize(size: unknown): void {
  if (isWholeNumber(size, 0)) return;
  throw new ConfigurationError('option trailSize must be a whole number, 0 or more');
}

export function assertTrustedOrigins(origins: unknown): void {
  const expected = "option trustedOrigins must be a list of origins such as 'https://app.example.com'";
  if (!Array.isArray(origins)) throw new ConfigurationError(expected);
  const wrong = origins.find((origin) => originOf(origin) === null || originOf(origin) !== origin);
  if (wrong === undefined) return;
  const meant = originOf(wrong);
  const remedy = meant === null ? '' : `: write ${JSON.stringify(meant)}`;
  throw new ConfigurationError(`${expected}; ${JSON.stringify(wrong)} is none${remedy}`);
}

/** As a browser writes it: scheme and host in lower case, the port unless it is the scheme's own, and no path. */
function originOf(text: unknown): string | null {
  if (typeof text !== 'string' || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  return new URL(text).origin;
}

function isWholeNumber(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function isPlace(value: unknown): boolean {
  return typeof value === 'string' || isUrl(value);
}
