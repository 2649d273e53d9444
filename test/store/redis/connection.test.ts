import { readFileSync } from 'node:fs';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { createSessions } from '../../../src/sessions.js';
import { openStore } from '../../../src/store/open.js';
import type { RedisClient } from '../../../src/store/redis/link.js';
import type { RedisStoreOptions } from '../../../src/store/redis/options.js';
import { RedisStore } from '../../../src/store/redis/store.js';
import { aRecord, idOf, idsIn, increment, owner } from '../../../src/testing/store/records.js';
import { need } from '../../aid/need.js';
import { startCluster } from '../../aid/redis/cluster.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { startSentinelGroup } from '../../aid/redis/sentinel.js';
import { type RedisOptions, startRedis } from '../../aid/redis/server.js';
import { until } from '../../aid/redis/until.js';

beforeEach((context) => need(context, NO_REDIS));

const PASSWORD = 'geh eim/@?#';

async function redis(options?: RedisOptions) {
  const server = await startRedis(options);
  onTestFinished(server.stop);
  return server;
}

function storeAt(where: string | RedisClient, options?: RedisStoreOptions): RedisStore {
  const store = new RedisStore(where, options);
  onTestFinished(() => store.close());
  return store;
}

/** What a store is used for, in one life. */
async function live(store: RedisStore): Promise<void> {
  const record = aRecord('a', { user: owner('u') });
  expect(await store.create(record)).toBe('created');
  expect(await store.update(record.id, increment)).toMatchObject({ revision: 2, data: { n: 1 } });
  expect(await idsIn(store.scan())).toEqual([record.id]);
  expect(await idsIn(store.findByUser('u'))).toEqual([record.id]);
  expect(await store.delete(record.id)).toMatchObject({ removed: true });
  expect(await store.find(record.id)).toBeNull();
}

describe('by its address', () => {
  it('logs in, with the password of the address, of the options or of the environment', async () => {
    const server = await redis({ password: PASSWORD });
    const address = `redis://127.0.0.1:${server.port}`;
    await live(storeAt(server.url));
    await live(storeAt(address, { password: PASSWORD }));
    vi.stubEnv('MOIN_SESSIONS_REDIS_PASSWORD', PASSWORD);
    onTestFinished(() => void vi.unstubAllEnvs());
    await live(storeAt(address));
    expect(storeAt(server.url).location).toBe(address);
  });

  it('speaks TLS, and with nobody whose certificate it cannot check', async () => {
    const server = await redis({ tls: true });
    const error = await storeAt(server.url, { timeout: 400 })
      .find(idOf('a'))
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ problem: 'unreachable' });
    expect(String(error)).toMatch(/self-signed certificate.*NODE_EXTRA_CA_CERTS/);
    const socket = {
      host: '127.0.0.1',
      port: server.port,
      tls: true as const,
      ca: readFileSync(server.ca as string),
    };
    await live(storeAt(createClient({ socket: { ...socket, checkServerIdentity: () => undefined } })));
  });

  it('finds the primary by its Sentinels', async () => {
    const group = await startSentinelGroup({ password: PASSWORD });
    onTestFinished(group.stop);
    const hosts = group.sentinels.map(({ port }) => `127.0.0.1:${port}`);
    await live(storeAt(`redis+sentinel://${hosts}/${group.name}`, { password: PASSWORD }));
  });

  it('is asked by openStore, and says at once what is wrong with an address', async () => {
    const server = await redis();
    const store = await openStore(`${server.url}/2?prefix=shop:&timeout=5000`);
    onTestFinished(() => store.close());
    expect(store).toBeInstanceOf(RedisStore);
    await store.create(aRecord('a'));
    const other = createClient({ url: `${server.url}/2` });
    await other.connect();
    onTestFinished(() => other.destroy());
    expect(await other.keys('*')).toEqual([`shop:s:${idOf('a')}`]);
    for (const timeout of [9, 60_001])
      expect(() => new RedisStore(server.url, { timeout })).toThrow(/a number of ms from 10 to 60000/);
    expect(() => new RedisStore(server.url, { timout: 3 } as RedisStoreOptions)).toThrow(
      /no option 'timout' \(did you mean 'timeout'\?\)/,
    );
    expect(() => new RedisStore(server.url, { prefix: '' })).toThrow(/prefix .* must be a text/);
    const fsync = openStore(server.url, { durability: 'fsync' });
    await expect(fsync).rejects.toThrow(/appendfsync always.*leave the option out/);
  });
});

describe('by a client of the application', () => {
  it.each([
    ['createClient', async () => createClient({ url: (await redis()).url })],
    ['createClient with RESP 2', async () => createClient({ url: (await redis()).url, RESP: 2 })],
    ['createClientPool', async () => createClientPool({ url: (await redis()).url })],
    [
      'createSentinel',
      async () => {
        const group = await startSentinelGroup();
        onTestFinished(group.stop);
        return createSentinel({ name: group.name, sentinelRootNodes: [...group.sentinels] });
      },
    ],
    [
      'createCluster',
      async () => {
        const cluster = await startCluster({ nodeTimeout: 15_000 });
        onTestFinished(cluster.stop);
        return createCluster({ rootNodes: cluster.nodes.map(({ url }) => ({ url })) });
      },
    ],
  ])('%s: it is connected, used and closed', async (_, make) => {
    const client: RedisClient = await make();
    const store = storeAt(client);
    expect(store.location).not.toContain('127.0.0.1');
    await live(store);
    await store.close();
    expect(client.isOpen).toBe(false);
    await expect(store.find(idOf('a'))).rejects.toThrow(/is closed: close it after the server/);
    expect(client.isOpen).toBe(false);
  });

  it('stays open if the application had connected it', async () => {
    const client = await createClient({ url: (await redis()).url }).connect();
    onTestFinished(() => client.destroy());
    const store = storeAt(client);
    await live(store);
    await store.close();
    expect(await client.ping()).toBe('PONG');
  });

  it('is connected again when it has closed, and is listened to once', async () => {
    const server = await redis();
    const client = createClient({ url: server.url, socket: { reconnectStrategy: false } });
    const store = storeAt(client, { timeout: 300 });
    await store.create(aRecord('a'));
    const listeners = client.listenerCount('error');
    await server.kill();
    for (let n = 0; n < 3; n++)
      await expect(store.find(idOf('a'))).rejects.toMatchObject({ problem: 'unreachable' });
    await server.restart();
    expect(await store.create(aRecord('a'))).toBe('created');
    expect(client.listenerCount('error')).toBe(listeners);
  });

  it('is one of the package redis, or nothing', () => {
    for (const odd of [{}, { sendCommand: () => {} }, null])
      expect(() => new RedisStore(odd as unknown as RedisClient)).toThrow(/use createClient, createCluster/);
  });
});

it('spec 7: the command line finds no store under a wrong database or prefix, and an empty one under the right ones', async () => {
  const server = await redis();
  await storeAt(server.url).open();
  await storeAt(server.url, { mustExist: true, readOnly: true }).open();
  for (const wrong of [`${server.url}/3`, `${server.url}?prefix=tpyo:`])
    await expect(storeAt(wrong, { mustExist: true }).open()).rejects.toThrow(
      /there is no store at redis:.*check --store or the configuration/,
    );
  await storeAt(`${server.url}/3`, { readOnly: true }).open();
  await expect(storeAt(`${server.url}/3`, { mustExist: true }).open()).rejects.toThrow(/there is no store/);
  await storeAt(`${server.url}/4`).create(aRecord('a'));
  await storeAt(`${server.url}/4`, { mustExist: true }).open();
});

it('a closed store stays closed, also when it was just connecting, or a call is under way', async () => {
  const server = await redis();
  const store = storeAt(server.url);
  await store.open();
  await server.kill();
  const refused = expect(store.find(idOf('a'))).rejects.toThrow(/is closed: close it after the server/);
  await store.close();
  await server.restart();
  await refused;
  await expect(store.create(aRecord('a'))).rejects.toThrow(/is closed/);
  const connecting = storeAt(server.url);
  const opened = expect(connecting.open()).rejects.toThrow(/is closed/);
  await connecting.close();
  await opened;
  await until('only the test is connected', async () => (await server.info('connected_clients')) === '1');
});

describe('warns of a server that throws sessions away when it is full, and of no other', () => {
  /** What `open` warns of. */
  async function warnings(url: string, options?: RedisStoreOptions): Promise<string[]> {
    const warned: string[] = [];
    const note = ({ message }: Error) => warned.push(message);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    await storeAt(url, options).open();
    await new Promise(setImmediate); // Node emits a warning in the next turn.
    process.off('warning', note);
    return warned;
  }

  it('with a limit of memory', async () => {
    const { url, cli } = await redis({ args: ['--maxmemory', '100mb'] });
    expect(await warnings(url)).toEqual([]);
    await cli('CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru');
    expect(await warnings(url, { readOnly: true })).toEqual([]);
    expect(await warnings(url)).toEqual([
      expect.stringMatching(/throws sessions away.*\(maxmemory-policy volatile-lru\): set .*noeviction/),
    ]);
  });

  it('without one: an allkeys- policy makes each login slow, a volatile- policy does nothing', async () => {
    const { url, cli } = await redis();
    await cli('CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru');
    expect(await warnings(url)).toEqual([]);
    await cli('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lfu');
    expect(await warnings(url)).toEqual([
      expect.stringMatching(/allkeys-lfu\), and looks at all.*slow: set/),
    ]);
  });
});

it('a client inside MULTI is said to be one, and no secret is taken for broken', async () => {
  const client = await createClient({ url: (await redis()).url }).connect();
  onTestFinished(() => client.destroy());
  await client.sendCommand(['MULTI']);
  await expect(storeAt(client).secret({ create: false })).rejects.toThrow(
    /inside MULTI: give the store a client that nothing else uses/,
  );
});

describe('what no further attempt can mend fails at once, and says what it is', () => {
  it('a database that Redis does not have', async () => {
    const store = storeAt(`${(await redis()).url}/99`, { timeout: 20_000 });
    await expect(store.open()).rejects.toMatchObject({
      problem: 'failed',
      message: expect.stringContaining('DB index is out of range'),
    });
  });

  it('a server that is no Sentinel, or none of a cluster', async () => {
    const { port } = await redis();
    for (const address of [`redis+sentinel://127.0.0.1:${port}/main`, `redis+cluster://127.0.0.1:${port}`]) {
      const error = await storeAt(address, { timeout: 20_000 })
        .open()
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ problem: expect.not.stringMatching('timeout') });
    }
  });
});

it('sessions.close closes a store object of the application that could not be opened, and does not fail', async () => {
  const server = await redis();
  server.pause();
  const client = createClient({ url: server.url });
  const sessions = createSessions({ store: storeAt(client, { timeout: 300 }), secrets: 's'.repeat(32) });
  await expect(sessions.open()).rejects.toMatchObject({ problem: 'timeout' });
  await sessions.close();
  expect(client.isOpen).toBe(false);
  const opening = createSessions({ store: server.url, secrets: 's'.repeat(32) });
  const opened = expect(opening.open()).rejects.toBeInstanceOf(StoreError);
  await opening.close();
  await opened;
});
