import { createClient, createCluster } from 'redis';
import { parseCell } from '../../../src/store/redis/cell.js';
import type { RedisClient } from '../../../src/store/redis/link.js';
import { RedisStore } from '../../../src/store/redis/store.js';
import type { StoreKind } from '../../../src/testing/store/suite.js';

/** Reads and writes one key, whatever server it lies on. */
export interface KeyClient {
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<unknown>;
  destroy(): unknown;
}

let sites = 0;

/**
 * Redis stores at an address, or with a client that `where` makes for each of them, each under a prefix of its own: a check meets no keys of another one. A text is planted beside
 * the tombstone, as the contract asks.
 */
export function redisKind(
  where: () => string | RedisClient,
  connect: () => Promise<KeyClient>,
): StoreKind<RedisStore> {
  const prefixes = new WeakMap<RedisStore, string>();
  const at = (prefix: string) => {
    const store = new RedisStore(where(), { prefix, timeout: 10_000 });
    prefixes.set(store, prefix);
    return store;
  };
  return {
    open: () => at(`test-${process.pid}-${sites++}:`),
    reopen: (store) => at(prefixes.get(store) as string),
    plant: async (store, id, text) => {
      const client = await connect();
      await plant(client, `${prefixes.get(store)}s:${id}`, text).finally(() => client.destroy());
    },
  };
}

export function singleClient(url: string): Promise<KeyClient> {
  return createClient({ url }).connect();
}

export function clusterClient(ports: readonly number[]): Promise<KeyClient> {
  return createCluster({
    rootNodes: ports.map((port) => ({ url: `redis://127.0.0.1:${port}` })),
    minimizeConnections: true,
  }).connect();
}

async function plant(client: KeyClient, key: string, text: string): Promise<void> {
  const before = await client.get(key);
  const isGone = parseCell(before).tombstone !== null;
  await client.set(key, isGone ? `${before?.split('\n', 1)[0]}\n${text}` : text);
}
