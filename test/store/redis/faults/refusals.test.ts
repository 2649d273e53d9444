import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createClient } from 'redis';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { need } from '../../../aid/need.js';
import { all, aRecord, increment, owner } from '../../../aid/records.js';
import { NO_REDIS } from '../../../aid/redis/process.js';
import { CALLS, each, failureOf, outcomeOf, outcomesOf, READS, WRITES } from './failure.js';
import { A, connectedStore, PASSWORD, PATIENT, redis, storeAt, untilReplicated } from './stores.js';

/** The limit (ms) of a store whose calls end long before it: those that waited for it would fail the test. */
const ENDLESS = 60_000;

const TEXT = { text: 'x'.repeat(100_000) };

beforeEach((context) => need(context, NO_REDIS));

/** An address whose new connections lead to another server after `moveTo`. Those that are open stay where they are. */
async function movingAddress(first: number) {
  let port = first;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const behind = connect(port, '127.0.0.1');
    for (const socket of [client, behind]) sockets.add(socket.on('error', () => {}));
    client.pipe(behind).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const moveTo = (next: number) => {
    port = next;
  };
  return { port: (server.address() as AddressInfo).port, moveTo };
}

describe('a server whose memory is full', () => {
  it('with noeviction refuses what would grow, and still reads, deletes and ends sessions', async () => {
    const server = await redis({ args: ['--maxmemory-policy', 'noeviction'] });
    const store = await connectedStore(server.url);
    await server.cli('CONFIG', 'SET', 'maxmemory', '1');
    expect(await outcomesOf(store, READS)).toEqual(each(READS, 'ok'));
    expect(await failureOf(store.create(aRecord('new')))).toBe('full');
    expect(await failureOf(store.update(A, increment))).toBe('full');
    await server.cli('CONFIG', 'SET', 'maxmemory', '0');
    expect(await outcomesOf(store, CALLS)).toEqual(each(CALLS, 'ok'));
  });

  it('with allkeys-lru forgets sessions, as if they had expired, and lists all that are left of a user', async () => {
    const server = await redis({ args: ['--maxmemory-policy', 'allkeys-lru'] });
    const store = storeAt(server.url, PATIENT);
    const used = Number(await server.info('used_memory'));
    await server.cli('CONFIG', 'SET', 'maxmemory', used + 3_000_000);
    const user = owner('u1');
    const far = { user, data: TEXT, seen: Date.now(), expires: Date.now() + 10 * PATIENT };
    const names = Array.from({ length: 100 }, (_, number) => number);
    for (const name of names) expect(await store.create(aRecord(name, far))).toBe('created');
    await server.cli('CONFIG', 'SET', 'maxmemory', '0'); // Answers take memory too: each look would evict more.
    const found = await Promise.all(names.map((name) => store.find(aRecord(name).id)));
    const kept = found.filter((record) => record !== null);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(names.length);
    for (const record of kept) expect(record.data).toEqual(TEXT);
    const gone = names.filter((_, number) => found[number] === null).map((name) => aRecord(name).id);
    expect(await store.update(gone[0] as string, increment)).toBeNull();
    const listed = (await all(store.findByUser(user.id))).map(({ id }) => id);
    expect(listed.sort()).toEqual(kept.map(({ id }) => id).sort());
  });
});

describe('a server that denies', () => {
  it('refuses a wrong password, and none, at once', async () => {
    const server = await redis();
    for (const login of [':guess@', '']) {
      const store = storeAt(server.url.replace(/:[^/]*@/, login), PATIENT);
      expect(await outcomesOf(store, CALLS, PATIENT)).toEqual(each(CALLS, 'denied'));
    }
  });

  it('admits nobody after its password was changed, until the site has it', async () => {
    const server = await redis();
    const store = await connectedStore(server.url);
    await server.cli('CONFIG', 'SET', 'requirepass', `${PASSWORD}-new`);
    const again = storeAt(server.url, PATIENT);
    expect(await outcomesOf(again, CALLS, PATIENT)).toEqual(each(CALLS, 'denied'));
    expect(await outcomeOf(store.find(A))).toBe('ok'); // It logged in before.
  });

  it('refuses what the rights of the user do not allow: all, writes, scripts, other keys', async () => {
    const server = await redis();
    await connectedStore(server.url);
    const asUser = async (name: string, ...rights: string[]) => {
      await server.cli('ACL', 'SETUSER', name, 'on', `>${PASSWORD}`, ...rights);
      return storeAt(server.url.replace('://:', `://${name}:`), PATIENT);
    };
    const none = await asUser('none', '+hello', '+auth');
    expect(await outcomesOf(none, CALLS, PATIENT)).toEqual(each(CALLS, 'denied'));
    const reader = await asUser('reader', '~moin-sessions:*', '+@read', '+@connection', '+info');
    const changes = { create: WRITES.create, update: WRITES.update, delete: WRITES.delete };
    expect(await outcomesOf(reader, { ...READS, ...changes }, PATIENT)).toEqual({
      ...each(READS, 'ok'),
      ...each(changes, 'denied'),
    });
    const scripts = await asUser(
      'scripts',
      '~moin-sessions:*',
      '+@read',
      '+@connection',
      '+eval',
      '+evalsha',
    );
    expect(await failureOf(scripts.update(A, increment), PATIENT)).toBe('denied');
    const stranger = await asUser('stranger', '~other:*', '+@all');
    expect(await failureOf(stranger.find(A), PATIENT)).toBe('denied');
    expect(await failureOf(stranger.create(aRecord('new')), PATIENT)).toBe('denied');
  });
});

describe('a replica', () => {
  it('that is read-only reads, and refuses changes at once until it is promoted', async () => {
    const primary = await redis();
    await connectedStore(primary.url);
    const replica = await redis({ replicaOf: primary });
    const store = storeAt(replica.url, ENDLESS);
    expect(await outcomesOf(store, READS, PATIENT)).toEqual(each(READS, 'ok'));
    const changes = { create: WRITES.create, update: WRITES.update };
    expect(await outcomesOf(store, changes, PATIENT)).toEqual(each(changes, 'read-only'));
    expect(await outcomesOf(store, changes, PATIENT)).toEqual(each(changes, 'read-only'));
    const client = await createClient({ url: replica.url }).connect();
    onTestFinished(() => client.destroy());
    expect(await outcomesOf(storeAt(client, ENDLESS), changes, PATIENT)).toEqual(each(changes, 'read-only'));
    await replica.cli('REPLICAOF', 'NO', 'ONE');
    expect(await outcomesOf(store, CALLS, PATIENT)).toEqual(each(CALLS, 'ok'));
  });

  it('behind an address that moves with the primary: a change goes to the new one, and nobody notices', async () => {
    const primary = await redis();
    const replica = await redis({ replicaOf: primary });
    const address = await movingAddress(primary.port);
    const store = storeAt(primary.url.replace(/\d+$/, String(address.port)), PATIENT);
    await store.create(aRecord('a'));
    await untilReplicated(primary);
    await replica.cli('REPLICAOF', 'NO', 'ONE');
    await primary.cli('REPLICAOF', '127.0.0.1', replica.port);
    address.moveTo(replica.port);
    expect(await store.update(A, increment)).toMatchObject({ revision: 2 });
    expect(await storeAt(replica.url, PATIENT).find(A)).toMatchObject({ revision: 2 });
  });

  it('that is missing: a primary with min-replicas-to-write refuses changes, and reads', async () => {
    const server = await redis();
    const store = await connectedStore(server.url);
    await server.cli('CONFIG', 'SET', 'min-replicas-to-write', '1');
    expect(await outcomesOf(store, READS)).toEqual(each(READS, 'ok'));
    expect(await failureOf(store.update(A, increment))).toBe('full');
    await server.cli('CONFIG', 'SET', 'min-replicas-to-write', '0');
    expect(await outcomesOf(store, CALLS)).toEqual(each(CALLS, 'ok'));
  });
});
