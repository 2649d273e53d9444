import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { createSessions } from '../../../src/index.js';
import { RedisStore } from '../../../src/store/redis/store.js';
import { need } from '../../aid/need.js';
import { aRecord } from '../../aid/records.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { type RedisServer, startRedis } from '../../aid/redis/server.js';
import { redisSite } from './site.js';

beforeEach((context) => need(context, NO_REDIS));

const KEY = 'moin-sessions:secret';

async function redis() {
  const server = await startRedis();
  onTestFinished(server.stop);
  return server;
}

function storeAt({ url }: RedisServer, options = {}): RedisStore {
  const store = new RedisStore(url, options);
  onTestFinished(() => store.close());
  return store;
}

it('spec 4: a Redis that comes back empty gets the secret back that its servers know', async () => {
  const server = await redis();
  const stores = [storeAt(server), storeAt(server)];
  const secret = await stores[0]?.secret({ create: true });
  expect(await stores[1]?.secret({ create: false })).toEqual(secret);
  await server.cli('FLUSHALL');
  expect(await storeAt(server).secret({ create: false })).toBeNull();
  expect(await stores[1]?.secret({ create: false })).toEqual(secret);
  expect(await storeAt(server).secret({ create: true })).toEqual(secret);
});

it('spec 4: another secret that stands there meanwhile counts, and reading alone puts nothing back', async () => {
  const server = await redis();
  const writer = storeAt(server);
  const reader = storeAt(server, { readOnly: true });
  await writer.secret({ create: true });
  await reader.secret({ create: false });
  await server.cli('FLUSHALL');
  expect(await reader.secret({ create: true })).toBeNull();
  const other = await storeAt(server).secret({ create: true });
  expect(await writer.secret({ create: false })).toEqual(other);
});

it('spec 4: what is no secret is not used', async () => {
  const server = await redis();
  await server.cli('SET', KEY, 'short');
  await expect(storeAt(server).secret({ create: true })).rejects.toThrow(
    /under the key moin-sessions:secret .* restore it; or stop the servers and delete the key/,
  );
});

it('a server goes on when Redis was restarted and has forgotten everything', async () => {
  const server = await redis();
  let now = Date.now();
  const sessions = createSessions({ store: server.url, anonymousCookieLifetime: 1, clock: () => now });
  onTestFinished(() => sessions.close());
  const begin = async (cookie?: string) => sessions.begin({ method: 'GET', url: '/', headers: { cookie } });
  const first = await begin();
  const cookie = String((await first.commit())['set-cookie']).split(';', 1)[0];
  await server.restart();
  now += 2000; // the secret is asked for anew
  const again = await begin(cookie);
  expect(again.session.available).toBe(true);
});

it('spec 4: a secret that another one makes at the same moment is not overwritten once there are sessions', async () => {
  const { open, openHeld } = await redisSite();
  const { store, client } = openHeld();
  const taken = Buffer.from('t'.repeat(32));
  const held = client.hold((args) => args[0] === 'SET');
  const adopted = store.adoptSecret(taken);
  await held.reached;
  const other = open();
  const made = await other.secret({ create: true });
  await other.create(aRecord('a'));
  held.release();
  expect(await adopted).toBe('refused');
  expect(await other.secret({ create: false })).toEqual(made);
});
