import { createClient, createCluster } from 'redis';
import { createClient as createClient59, createCluster as createCluster59 } from 'redis5';
import { createClient as createClient50, createCluster as createCluster50 } from 'redis50';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { RedisClient } from '../../../src/store/redis/link.js';
import { RedisStore } from '../../../src/store/redis/store.js';
import { aRecord, idsIn, increment, owner } from '../../../src/testing/store/records.js';
import { need } from '../../aid/need.js';
import { type RedisCluster, startCluster } from '../../aid/redis/cluster.js';
import { type CuttingProxy, startCuttingProxy } from '../../aid/redis/cutting-proxy.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { type RedisServer, startRedis } from '../../aid/redis/server.js';
import { describeStore } from '../contract.js';
import { redisKind, singleClient } from './kind.js';

beforeEach((context) => need(context, NO_REDIS));

/** Characters of two, three and four bytes. */
const TEXT = 'Jürgen 田中さくら 🌊'.repeat(9);
let stores = 0;
const SESSION = aRecord('a', { user: owner(TEXT), data: { [TEXT]: TEXT, n: 0 } });

async function behindCuts(upstream: number, size: number): Promise<number> {
  const proxy = await startCuttingProxy(upstream, size);
  onTestFinished(proxy.stop);
  return proxy.port;
}

async function server() {
  const redis = await startRedis();
  onTestFinished(redis.stop);
  return redis;
}

function storeAt(client: RedisClient, prefix = `büro${stores++}:`): RedisStore {
  const store = new RedisStore(client, { prefix, timeout: 20_000 });
  onTestFinished(() => store.close());
  return store;
}

/** Reads, saves after another one has saved, lists and ends a session. */
async function staysWhole(store: RedisStore): Promise<void> {
  await store.open();
  expect(await store.create(SESSION)).toBe('created');
  expect(await store.find(SESSION.id)).toEqual(SESSION);
  expect(await store.update(SESSION.id, increment)).toMatchObject({ data: { [TEXT]: TEXT, n: 1 } });
  expect(await idsIn(store.scan())).toEqual([SESSION.id]);
  expect(await idsIn(store.findByUser(TEXT))).toEqual([SESSION.id]);
  await store.delete(SESSION.id, {
    tombstone: { reason: 'administrator', at: Date.now(), until: Date.now() + 9e5, text: TEXT },
  });
  expect(await store.tombstone(SESSION.id)).toMatchObject({ text: TEXT });
}

interface ClusterOptions {
  rootNodes: { url: string }[];
  nodeAddressMap: (address: string) => { host: string; port: number };
}

const [OLD, OLDEST, NEWEST] = ['5.0.0, which damages text', '5.9.0, the oldest admitted', 'the newest'];

describe('a reply that is cut within every character', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    if (NO_REDIS === null) cluster = await startCluster({ nodeTimeout: 15_000 });
  });
  afterAll(() => cluster?.stop());

  it.each([
    [OLD, (url: string): RedisClient => createClient50({ url })],
    [OLDEST, (url: string): RedisClient => createClient59({ url })],
    [NEWEST, (url: string): RedisClient => createClient({ url })],
  ])('comes back whole from one server, with a client of version %s', async (_, create) => {
    const port = await behindCuts((await server()).port, 1);
    await staysWhole(storeAt(create(`redis://127.0.0.1:${port}`)));
  });

  it.each([
    [OLD, (options: ClusterOptions): RedisClient => createCluster50(options)],
    [OLDEST, (options: ClusterOptions): RedisClient => createCluster59(options)],
    [NEWEST, (options: ClusterOptions): RedisClient => createCluster(options)],
  ])('comes back whole from a cluster, with a client of version %s', async (_, create) => {
    const port = (node: { port: number }) => behindCuts(node.port, 1);
    const ports = new Map(
      await Promise.all(cluster.nodes.map(async (node) => [node.port, await port(node)] as const)),
    );
    const nodeAddressMap = (address: string) => ({
      host: '127.0.0.1',
      port: ports.get(Number(address.split(':').at(-1))) as number,
    });
    const rootNodes = [{ url: `redis://127.0.0.1:${[...ports.values()][0]}` }];
    await staysWhole(storeAt(create({ rootNodes, nodeAddressMap })));
  });

  it('would be damaged by the client of version 5.0.0 itself', async () => {
    const { port, cli } = await server();
    await cli('SET', 'name', TEXT);
    const client = createClient50({ url: `redis://127.0.0.1:${await behindCuts(port, 1)}` });
    await client.connect();
    onTestFinished(() => client.destroy());
    expect(await client.get('name')).toContain('\uFFFD');
  });
});

it.each(['open', 'find'] as const)(
  'a client that makes text of bytes itself is refused: %s',
  async (call) => {
    const { url, port, cli } = await server();
    await storeAt(createClient({ url }), 'shop:').create(SESSION);
    const client = createClient({ url: `redis://127.0.0.1:${port}` });
    const send = client.sendCommand.bind(client);
    const ours = Object.assign(client, { sendCommand: (args: string[]) => send(args) });
    await expect(storeAt(ours, 'shop:')[call](SESSION.id)).rejects.toMatchObject({
      problem: 'failed',
      message: expect.stringMatching(/gives text where .* bytes; use a client of .* 'redis', version 5\.9/),
    });
    expect(await cli('GET', `shop:s:${SESSION.id}`)).toContain(TEXT);
  },
);

describe('5.0.0, whose replies come in pieces of 1,021 bytes', () => {
  let redis: RedisServer;
  let proxy: CuttingProxy;
  beforeAll(async () => {
    if (NO_REDIS !== null) return;
    redis = await startRedis();
    proxy = await startCuttingProxy(redis.port, 1021);
  });
  afterAll(async () => {
    await proxy?.stop();
    await redis?.stop();
  });

  const kind = redisKind(
    () => createClient50({ url: `redis://127.0.0.1:${proxy.port}` }),
    () => singleClient(redis.url),
  );
  describeStore('RedisStore', kind);
});
