import { onTestFinished } from 'vitest';
import type { RedisClient } from '../../../../src/store/redis/link.js';
import { RedisStore } from '../../../../src/store/redis/store.js';
import { aRecord, idOf } from '../../../aid/records.js';
import { type RedisOptions, type RedisServer, startRedis } from '../../../aid/redis/server.js';
import { until } from '../../../aid/redis/until.js';

/** The password of the servers of these tests. No message may hold it. */
export const PASSWORD = 'sesame-street';

/** How long a call of these tests may take, in ms. */
export const LIMIT = 400;

/** The limit (ms) of a store whose calls are to succeed. */
export const PATIENT = 10_000;

/** The record of the tests. */
export const A = idOf('a');

/** A server that is stopped after the test. */
export async function redis(options: RedisOptions = {}): Promise<RedisServer> {
  const server = await startRedis({ password: PASSWORD, ...options });
  onTestFinished(server.stop);
  return server;
}

/** A store that is closed after the test. */
export function storeAt(where: string | RedisClient, timeout = LIMIT): RedisStore {
  const store = new RedisStore(where, { timeout });
  onTestFinished(() => store.close());
  return store;
}

/** A store that is connected and holds A. */
export async function connectedStore(url: string): Promise<RedisStore> {
  await storeAt(url, PATIENT).create(aRecord('a'));
  const store = storeAt(url);
  await until('the store is connected', () => store.find(A));
  return store;
}

/** Waits until a replica has all that its primary has: a failover loses what it has not. */
export async function untilReplicated(primary: RedisServer): Promise<void> {
  await until('a replica has everything', async () => {
    const offset = await primary.info('master_repl_offset');
    return (await primary.info('slave0'))?.includes(`offset=${offset},`) ?? false;
  });
}
