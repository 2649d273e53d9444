import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { need } from '../../aid/need.js';
import { type RedisCluster, startCluster } from '../../aid/redis/cluster.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { type RedisServer, startRedis } from '../../aid/redis/server.js';
import { describeStore } from '../contract.js';
import { doAnything } from '../model/do-anything.js';
import { clusterClient, redisKind, singleClient } from './kind.js';

beforeEach((context) => need(context, NO_REDIS));

describe('one server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    if (NO_REDIS === null) server = await startRedis();
  });
  afterAll(() => server?.stop());

  const kind = redisKind(
    () => server.url,
    () => singleClient(server.url),
  );
  describeStore('RedisStore', kind);

  it('I2, I4, I5: does what the contract says, whatever is done to it, in any order', async () => {
    await expect(doAnything(kind, { numRuns: 30 })).resolves.toBeUndefined();
  }, 60_000);
});

describe('a cluster of six', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    if (NO_REDIS === null) cluster = await startCluster({ nodeTimeout: 15_000 });
  });
  afterAll(() => cluster?.stop());

  const kind = redisKind(
    () => cluster.url,
    () => clusterClient(cluster.nodes.map(({ port }) => port)),
  );
  describeStore('RedisStore', kind);

  it('I2, I4, I5: does what the contract says, whatever is done to it, in any order', async () => {
    await expect(doAnything(kind, { numRuns: 30 })).resolves.toBeUndefined();
  }, 60_000);
});
