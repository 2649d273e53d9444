import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isUint8Array } from 'node:util/types';
import type { Json } from '../../base/json.js';
import { bare } from '../../base/own.js';
import { isUrl } from '../../base/realm.js';
import { show } from '../../base/show.js';
import { OPTIONS, type SessionsOptions } from '../../config/options.js';
import { readOptions } from '../../config/settings.js';
import { securePrefix } from '../../session/cookie/attributes.js';
import { locationOf } from '../../store/location.js';
import type { CliContext } from '../context.js';
import type { Setting } from '../output/settings.js';
import type { Configuration } from './config-file.js';
import type { SiteFlags } from './site.js';
import { placeOfStore } from './site-store.js';
import { countsOnWiki } from './wiki.js';

/** Variables that the Redis store reads by itself. */
const PASSWORD = 'MOIN_SESSIONS_REDIS_PASSWORD';
const PASSWORD_FILE = 'MOIN_SESSIONS_REDIS_PASSWORD_FILE';

/**
 * The settings in force, each with what gave it.
 * @param wiki the rows of `wikiRows`
 * @throws UsageError for a password in `--store`
 */
export function* settingsOf(
  context: Pick<CliContext, 'cwd' | 'env'>,
  flags: SiteFlags,
  configuration: Configuration,
  wiki: readonly Setting[] = [],
): Generator<Setting> {
  const { file, folder, options } = configuration;
  yield { name: 'config', value: file, ...originOfFile(configuration) };
  yield storeSetting(context, flags, configuration);
  yield* wiki;
  yield* passwordSettings(context);
  const given = bare(options) as Record<string, unknown>;
  for (const [name, row] of Object.entries(OPTIONS)) {
    if (name === 'store') continue;
    const isGiven = given[name] !== undefined;
    const effective = wiki.length === 0 || countsOnWiki(name);
    if (!isGiven && !effective) continue;
    const value = isGiven ? shown(name, given[name], folder) : defaultOf(name, row.default, options);
    yield { name, value, ...(isGiven ? fromFile(file) : DEFAULT), effective };
  }
  // Of a misspelt 'secrets' the value is a secret.
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(OPTIONS, name));
  for (const name of unknown) yield { name, value: '(no such option)', ...fromFile(file) };
}

type From = Pick<Setting, 'origin' | 'from'>;

const DEFAULT: From = { origin: 'default', from: null };

function fromFile(file: string | null): From {
  return { origin: 'file', from: file };
}

function originOfFile({ file, namedBy }: Configuration): From {
  if (file === null) return DEFAULT;
  if (namedBy === null) return { origin: 'search', from: null };
  return { origin: namedBy === '--config' ? 'flag' : 'environment', from: namedBy };
}

function storeSetting(
  context: Pick<CliContext, 'cwd' | 'env'>,
  flags: SiteFlags,
  configuration: Configuration,
): Setting {
  const { store, origin, resolveFrom } = placeOfStore(context, flags, configuration);
  const value = typeof store === 'string' ? locationOf(store, resolveFrom) : store.location;
  if (origin === 'default') return { name: 'store', value, ...DEFAULT };
  if (origin === 'file') return { name: 'store', value, ...fromFile(configuration.file) };
  return { name: 'store', value, origin: origin === '--store' ? 'flag' : 'environment', from: origin };
}

function* passwordSettings({ env }: Pick<CliContext, 'env'>): Generator<Setting> {
  const hidden = { name: 'redis password', value: '(hidden)', origin: 'environment' } as const;
  if (env[PASSWORD]) yield { ...hidden, from: PASSWORD };
  if (env[PASSWORD_FILE]) yield { ...hidden, from: PASSWORD_FILE };
}

/** What is in force where the default is no value, but a rule. */
const UNSET: Readonly<Record<string, string>> = {
  refreshInterval: 'a tenth of the lifetime, 1h at most',
  cookieSecure: 'when the request came over HTTPS',
  maxLifetime: 'no limit',
};

/** What a setting that is left out comes to. */
function defaultOf(name: string, value: unknown, options: SessionsOptions): Json {
  if (name === 'auth') return chainOf(options);
  if (name === 'secrets') return 'kept by the store';
  if (name === 'cookieSecure' && securePrefix(String(options.cookieName)) !== undefined)
    return 'always, as the name of the cookie asks';
  if (Object.hasOwn(UNSET, name)) return UNSET[name] ?? null;
  return shown(name, value, '');
}

/** The names of the methods, also where the rest of the options is wrong. */
function chainOf(options: SessionsOptions): Json {
  try {
    return readOptions(options).methods.map(({ name }) => name);
  } catch {
    return null;
  }
}

/** A value that hides secrets and survives whatever a configuration may hold. */
function shown(name: string, value: unknown, folder: string): Json {
  if (value === undefined) return null;
  if (name === 'secrets') return secretsShown(value);
  if (name === 'users') return usersShown(value, folder);
  if (name === 'audit' && value !== 'syslog' && typeof value === 'string') return resolve(folder, value);
  if (name === 'audit' && isUrl(value) && value.protocol === 'file:') return fileURLToPath(value);
  if (name === 'auth' && Array.isArray(value)) return value.map(methodName);
  if (typeof value === 'function') return '(a function)';
  // JSON has none for Infinity.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return JSON.parse(jsonOr(value)) as Json;
}

function jsonOr(value: unknown): string {
  try {
    return JSON.stringify(value) ?? JSON.stringify(show(value));
  } catch {
    return JSON.stringify(show(value));
  }
}

function secretsShown(value: unknown): Json {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const lengths = list.map((secret) => {
    if (typeof secret === 'string') return `${Buffer.byteLength(secret)} bytes`;
    return isUint8Array(secret) ? `${secret.byteLength} bytes` : '(no secret)';
  });
  return `${list.length} (${lengths.join(', ')})`;
}

function usersShown(value: unknown, folder: string): Json {
  if (typeof value === 'string') return resolve(folder, value);
  return isUrl(value) ? value.href : '(a directory of the application)';
}

function methodName(method: unknown): Json {
  if (typeof method === 'string') return method;
  const { name, method: builtIn } = Object(method) as { name?: unknown; method?: unknown };
  return String(builtIn ?? name ?? '(no method)');
}
