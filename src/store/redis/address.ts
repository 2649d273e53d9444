import { ConfigurationError } from '../../base/errors.js';
import { didYouMean } from '../../base/suggest.js';

/** Where Redis is, as an address says it. */
export interface RedisAddress {
  kind: 'single' | 'sentinel' | 'cluster';
  hosts: readonly { host: string; port: number }[];
  isTls: boolean;
  username: string | undefined;
  password: string | undefined;
  database: number;
  /** With Sentinel: the name of the primary. */
  name: string;
  prefix: string | undefined;
  /** Ms. */
  timeout: number | undefined;
  /** The address without password, for messages. */
  location: string;
}

/** `redis:`, `rediss:` (TLS), and both with `+cluster` and `+sentinel`. */
const ADDRESS =
  /^(rediss?)(?:\+(cluster|sentinel))?:\/\/(?:([^/?#]*)@)?([^/?#@]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/i;

const EXAMPLES = {
  single: 'redis://HOST:6379/0',
  cluster: 'redis+cluster://HOST:6379,HOST2:6379',
  sentinel: 'redis+sentinel://HOST:26379,HOST2:26379/NAME',
};

const SETTINGS = ['prefix', 'timeout'];

/** @throws ConfigurationError that quotes no password */
export function parseRedisAddress(where: string): RedisAddress {
  const parts = ADDRESS.exec(where.trim());
  if (parts === null)
    throw new ConfigurationError(
      `the address of the Redis store is none: write ${EXAMPLES.single}, ${EXAMPLES.cluster} or ${EXAMPLES.sentinel}; encode /, ? and # in a password as in a URL`,
    );
  const [, scheme = '', topology, login, hosts = '', path = '', query = ''] = parts;
  if (`${path}${query}`.includes('@')) throw noHost(); // It would be the rest of a password with a / or ? in it.
  const kind = topology === undefined ? 'single' : (topology.toLowerCase() as 'cluster' | 'sentinel');
  const [username, password] = (login ?? '').split(/:(.*)/s).map((text) => decode(text) || undefined);
  const [name = '', database] = kind === 'sentinel' ? path.split(/\/(.*)/s) : ['', path];
  const plainHosts = hosts || 'localhost';
  const nodes = plainHosts.split(',').map((host) => hostOf(host, kind));
  const user = username === undefined ? '' : `${encodeURIComponent(username)}@`;
  const settings = settingsOf(query);
  if (kind === 'sentinel' && name === '')
    throw new ConfigurationError(
      `the address of the Redis store names no primary: write ${EXAMPLES.sentinel}`,
    );
  return {
    kind,
    hosts: nodes,
    isTls: scheme.toLowerCase() === 'rediss',
    username,
    password,
    database: databaseOf(database, kind),
    name: decode(name),
    prefix: settings.get('prefix') ?? undefined,
    timeout: timeoutOf(settings.get('timeout')),
    location: `${where.trim().split(':')[0]?.toLowerCase()}://${user}${plainHosts}${path && `/${path}`}${query && `?${query}`}`,
  };
}

function hostOf(text: string, kind: RedisAddress['kind']): { host: string; port: number } {
  const parts = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::(\d{1,5}))?$/i.exec(text.trim());
  const port = Number(parts?.[3] ?? (kind === 'sentinel' ? 26_379 : 6379));
  if (parts === null || port < 1 || port > 65_535) throw noHost();
  return { host: parts[1] ?? (parts[2] as string), port };
}

/** Quotes nothing: what stands there may be part of a password. */
function noHost(): ConfigurationError {
  return new ConfigurationError(
    'a host in the address of the Redis store is none: write HOST or HOST:PORT, an IPv6 address in brackets, and encode /, ? and # in a password as in a URL',
  );
}

function databaseOf(text: string | undefined, kind: RedisAddress['kind']): number {
  const number = Number(text || 0);
  if (!/^\d{0,4}$/.test(text ?? ''))
    throw new ConfigurationError(
      `'${text}' is no number of a Redis database: write ${kind === 'sentinel' ? `${EXAMPLES.sentinel}/0` : EXAMPLES.single}`,
    );
  if (kind === 'cluster' && number !== 0)
    throw new ConfigurationError(
      'a Redis Cluster has one database only: leave the number out of the address',
    );
  return number;
}

function settingsOf(query: string): URLSearchParams {
  const settings = new URLSearchParams(query);
  for (const name of settings.keys())
    if (!SETTINGS.includes(name))
      throw new ConfigurationError(
        `the address of the Redis store has no setting '${name}'${didYouMean(name, SETTINGS)}: there are ${SETTINGS.join(' and ')}`,
      );
  return settings;
}

function timeoutOf(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (!/^\d+$/.test(text))
    throw new ConfigurationError(
      `timeout=${text} in the address of the Redis store is no number of ms: write timeout=2000`,
    );
  return Number(text);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new ConfigurationError(
      'the address of the Redis store has a % that begins no code: write a percent sign as %25',
    );
  }
}

/** Whether an address holds a password: in the arguments of a program every user of the machine would see it. */
export function hasPassword(where: string): boolean {
  const parts = ADDRESS.exec(where.trim());
  return parts?.[3]?.includes(':') === true;
}
