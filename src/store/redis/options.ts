import { ConfigurationError } from '../../base/errors.js';
import { bare } from '../../base/own.js';
import { isUrl } from '../../base/realm.js';
import { didYouMean } from '../../base/suggest.js';
import { parseRedisAddress } from './address.js';
import { linksFrom, redisClientMaker } from './client.js';
import { Connection } from './connection.js';
import { linkOf, type RedisClient } from './link.js';
import { passwordFrom } from './password.js';

export interface RedisStoreOptions {
  /** The beginning of every key, so that several sites share a database. Default `moin-sessions:`. */
  prefix?: string;
  /** How long a call may take, in ms, connecting included: 10 to 60000. Default 2000. */
  timeout?: number;
  /** Write nothing. Methods that would write throw a `StoreError`. Default false. */
  readOnly?: boolean;
  /** `open` throws a `StoreError` when nothing of a store lies under the prefix. Default false: an empty store. */
  mustExist?: boolean;
  /** Default: that of the address, then MOIN_SESSIONS_REDIS_PASSWORD, or the file MOIN_SESSIONS_REDIS_PASSWORD_FILE. */
  password?: string;
}

const OPTIONS = ['prefix', 'timeout', 'readOnly', 'mustExist', 'password'];

export const DEFAULT_PREFIX = 'moin-sessions:';
const DEFAULT_TIMEOUT = 2000;
/** Ms. */
export const LONGEST_TIMEOUT = 60_000;

export interface OpenedConnection {
  connection: Connection;
  location: string;
  prefix: string;
  readOnly: boolean;
}

/** @throws ConfigurationError that names the option */
export function openConnection(
  where: string | URL | RedisClient,
  options: RedisStoreOptions,
): OpenedConnection {
  const { prefix, timeout, readOnly = false, password } = bare(options);
  for (const name of Object.keys(options))
    if (!OPTIONS.includes(name))
      throw new ConfigurationError(
        `a Redis store has no option '${name}'${didYouMean(name, OPTIONS)}: there are ${OPTIONS.join(', ')}`,
      );
  if (typeof where === 'object' && !isUrl(where)) {
    const links = linksFrom(where);
    const limit = checkedTimeout(timeout ?? DEFAULT_TIMEOUT);
    const location = 'redis: (a client of the application)';
    const connection = new Connection({ location, limit, ...links });
    return { connection, location, prefix: checkedPrefix(prefix ?? DEFAULT_PREFIX), readOnly };
  }
  const address = parseRedisAddress(String(where));
  const limit = checkedTimeout(timeout ?? address.timeout ?? DEFAULT_TIMEOUT);
  const login = {
    password: password ?? address.password ?? passwordFrom(process.env),
    connectTimeout: limit,
  };
  const makeClient = redisClientMaker(address, login);
  const makeLink = () => linkOf(makeClient());
  const { location } = address;
  const connection = new Connection({ location, limit, makeLink, isOwn: true });
  return {
    connection,
    location,
    prefix: checkedPrefix(prefix ?? address.prefix ?? DEFAULT_PREFIX),
    readOnly,
  };
}

function checkedTimeout(timeout: number): number {
  if (Number.isFinite(timeout) && timeout >= 10 && timeout <= LONGEST_TIMEOUT) return timeout;
  throw new ConfigurationError(
    `the timeout of a Redis store must be a number of ms from 10 to ${LONGEST_TIMEOUT}`,
  );
}

function checkedPrefix(prefix: string): string {
  if (typeof prefix === 'string' && prefix !== '') return prefix;
  throw new ConfigurationError(`the prefix of a Redis store must be a text, such as '${DEFAULT_PREFIX}'`);
}
