import { onTestFinished } from 'vitest';
import { Keys } from '../../../src/store/redis/keys.js';
import { RedisStore } from '../../../src/store/redis/store.js';
import { type RedisOptions, type RedisServer, startRedis } from '../../aid/redis/server.js';
import { HeldClient } from './held-client.js';

/** One server with one site's keys, for one test. */
export interface RedisSite {
  server: RedisServer;
  keys: Keys;
  /** A store as each process opens one. */
  open: () => RedisStore;
  /** The same over a client whose commands the test holds back. */
  openHeld: (timeout?: number) => { store: RedisStore; client: HeldClient };
  /** The score of a session in its user's set; null when it is not listed. */
  scoreOf: (userId: string, id: string) => Promise<number | null>;
  /** How many entries a user's set has. */
  countOf: (userId: string) => Promise<number>;
}

const PREFIX = 'site:';
const TIMEOUT = 20_000;

export async function redisSite(options?: RedisOptions): Promise<RedisSite> {
  const server = await startRedis(options);
  const stores: { close(): Promise<unknown> }[] = [];
  onTestFinished(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await server.stop();
  });
  const keys = new Keys(PREFIX);
  return {
    server,
    keys,
    open: () => {
      const store = new RedisStore(server.url, { prefix: PREFIX, timeout: TIMEOUT });
      stores.push(store);
      return store;
    },
    openHeld: (timeout = TIMEOUT) => {
      const client = new HeldClient(server.url);
      stores.push(client);
      return { client, store: new RedisStore(client, { prefix: PREFIX, timeout }) };
    },
    scoreOf: async (userId, id) => {
      const score = await server.cli('ZSCORE', keys.user(userId), id);
      return score === '' ? null : Number(score);
    },
    countOf: async (userId) => Number(await server.cli('ZCARD', keys.user(userId))),
  };
}
