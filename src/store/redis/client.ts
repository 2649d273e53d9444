import nodeModule from 'node:module';
import { ConfigurationError, errorCode } from '../../base/errors.js';
import type { RedisAddress } from './address.js';
import { type Link, linkOf, type RedisClient } from './link.js';
import { problemOf } from './redis-error.js';

/** The functions of the package `redis` that make a client. */
type RedisPackage = Record<
  'createClient' | 'createCluster' | 'createSentinel',
  (options: object) => RedisClient
>;

/** The longest pause (ms) between two attempts to connect: a Redis that is back is used soon. */
const LONGEST_PAUSE = 400;

/** How many connections to the primary: one carries any number of commands at a time. */
const SENTINEL_POOL = 1;

/** A function that makes a client for this address, not connected. Loads the package now, which takes longer than a command. @throws ConfigurationError when the package `redis` is not installed */
export function redisClientMaker(
  address: RedisAddress,
  { password, connectTimeout }: { password: string | undefined; connectTimeout: number },
): () => RedisClient {
  const { createClient, createCluster, createSentinel } = redisPackage();
  const { hosts, isTls, username, database, name } = address;
  const socket = { connectTimeout, reconnectStrategy, ...(isTls && { tls: true }) };
  const login = { ...(username !== undefined && { username }), ...(password !== undefined && { password }) };
  // The store has its own time limit, and that of the client costs more than the rest of a command.
  const commandOptions = { timeout: undefined };
  const common = { ...login, socket, disableClientInfo: true, commandOptions };
  if (address.kind === 'single') {
    return () => createClient({ ...common, database, socket: { ...socket, ...hosts[0] } });
  }
  if (address.kind === 'cluster') {
    const rootNodes = hosts.map((host) => ({ socket: host }));
    return () => createCluster({ rootNodes, defaults: common, commandOptions, minimizeConnections: true });
  }
  return () =>
    createSentinel({
      name,
      sentinelRootNodes: hosts,
      nodeClientOptions: { ...common, database },
      sentinelClientOptions: { socket },
      masterPoolSize: SENTINEL_POOL,
      commandOptions,
      // Else the client sends a change again whose answer was lost, and waits a second after each failed attempt to connect.
      maxCommandRediscovers: 0,
    });
}

/** Ms to wait before the next attempt to connect; the error itself when another attempt would be refused as well. */
function reconnectStrategy(attempts: number, cause: Error): number | Error {
  if (/^(denied|failed)$/.test(problemOf(cause))) return cause;
  return (0.5 + Math.random() / 2) * Math.min(25 * 2 ** attempts, LONGEST_PAUSE);
}

/**
 * The ways to Redis that a client of the application gives. A cluster's client does not hear that a node which hangs has been
 * replaced, so the store goes on with duplicates of it. Other clients find back by themselves.
 */
export function linksFrom(client: RedisClient): { makeLink: () => Link; isOwn: boolean } {
  const given = linkOf(client);
  const duplicate = 'nodeClient' in client ? client.duplicate?.bind(client) : undefined;
  if (duplicate === undefined) return { makeLink: () => given, isOwn: false };
  let isGiven = false;
  const makeLink = () => {
    // Else a node that hangs would keep a duplicate from connecting to the others.
    if (isGiven) return linkOf(duplicate({ minimizeConnections: true }));
    isGiven = true;
    return given;
  };
  return { makeLink, isOwn: true };
}

let loaded: RedisPackage | undefined;

/** Loads the package when a store needs it, and so that a bundler does not ask for it: most sites have none. */
function redisPackage(): RedisPackage {
  try {
    loaded ??= nodeModule.createRequire(import.meta.url)('redis') as RedisPackage;
    return loaded;
  } catch (error) {
    if (errorCode(error) !== 'MODULE_NOT_FOUND') throw error;
    throw new ConfigurationError(
      "a Redis store needs the package 'redis', which is not installed here: npm install redis",
      { cause: error },
    );
  }
}
