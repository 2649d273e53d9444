import { createClient, createCluster, createSentinel } from 'redis5';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RedisClient } from '../../../src/store/redis/link.js';
import { RedisStore } from '../../../src/store/redis/store.js';
import { need } from '../../aid/need.js';
import { type RedisCluster, startCluster } from '../../aid/redis/cluster.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { type RedisServer, startRedis } from '../../aid/redis/server.js';
import { describeStore } from '../contract.js';
import { clusterClient, redisKind, singleClient } from './kind.js';

beforeEach((context) => need(context, NO_REDIS));

it('a store takes the oldest client that package.json admits, of every kind', () => {
  const clients: RedisClient[] = [
    createClient(),
    createCluster({ rootNodes: [{ url: 'redis://127.0.0.1' }] }),
    createSentinel({ name: 'shop', sentinelRootNodes: [{ host: '127.0.0.1', port: 26_379 }] }),
  ];
  for (const client of clients) expect(new RedisStore(client).location).toContain('a client');
});

describe('the oldest client that package.json admits, at one server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    if (NO_REDIS === null) server = await startRedis();
  });
  afterAll(() => server?.stop());

  const kind = redisKind(
    () => createClient({ url: server.url }),
    () => singleClient(server.url),
  );
  describeStore('RedisStore', kind);
});

describe('the oldest client that package.json admits, at a cluster of six', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    if (NO_REDIS === null) cluster = await startCluster({ nodeTimeout: 15_000 });
  });
  afterAll(() => cluster?.stop());

  const ports = () => cluster.nodes.map(({ port }) => port);
  const kind = redisKind(
    () => createCluster({ rootNodes: ports().map((port) => ({ url: `redis://127.0.0.1:${port}` })) }),
    () => clusterClient(ports()),
  );
  describeStore('RedisStore', kind);
});
