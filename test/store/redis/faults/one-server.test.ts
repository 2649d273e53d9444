import { createClient } from 'redis';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { count } from '../../../../src/testing/store/records.js';
import { need } from '../../../aid/need.js';
import { aRecord, increment } from '../../../aid/records.js';
import { NO_REDIS } from '../../../aid/redis/process.js';
import { clientsOf, untilUnread } from '../../../aid/redis/unread.js';
import { until } from '../../../aid/redis/until.js';
import { CALLS, each, failureOf, outcomeOf, outcomesOf } from './failure.js';
import { A, connectedStore, PATIENT, redis, storeAt } from './stores.js';

beforeEach((context) => need(context, NO_REDIS));

/** The limit (ms) of a store whose calls are to be answered, and refused, until then. */
const UNHURRIED = 2_000;

/** The limit (ms) of a store whose calls end long before it: those that waited for it would fail the test. */
const ENDLESS = 60_000;

const isBusy = ({ message }: Error) => message.startsWith('BUSY');

/** A store in which A stands, at a server that keeps what it acknowledges. */
async function storeWithA() {
  const server = await redis({ persistence: 'aof' });
  return { server, store: await connectedStore(server.url) };
}

describe('a server that is killed', () => {
  it('fails every call as unreachable; after a restart everything acknowledged is there', async () => {
    const { server, store } = await storeWithA();
    await server.kill();
    expect(await outcomesOf(store, CALLS)).toEqual(each(CALLS, 'unreachable'));
    await server.restart();
    expect(count(await store.update(A, increment))).toBe(1);
    expect(await store.find(A)).toMatchObject({ revision: 2 });
  });

  it('a restart within the limit is not noticed, except by changes that were under way', async () => {
    const { server } = await storeWithA();
    const store = storeAt(server.url, PATIENT);
    await store.find(A);
    const clients = await clientsOf(server);
    server.pause();
    const found = store.find(A);
    const changed = outcomeOf(store.update(A, increment), PATIENT);
    await untilUnread(server, clients);
    await server.restart();
    expect(await found).toMatchObject({ id: A });
    expect(await changed).toBe('unreachable');
    expect(await store.find(A)).toMatchObject({ revision: 1 });
  });

  it('a store that is opened meanwhile works as soon as the server is there', async () => {
    const server = await redis();
    const store = storeAt(server.url);
    await server.kill();
    expect(await failureOf(store.open())).toBe('unreachable');
    await server.restart();
    expect(await outcomeOf(store.open())).toBe('ok');
  });
});

describe('a server that accepts and never answers', () => {
  it('every call ends by its limit; when it answers again, the next call works', async () => {
    const { server, store } = await storeWithA();
    server.pause();
    expect(await outcomesOf(store, CALLS)).toEqual(each(CALLS, 'timeout'));
    expect(await outcomesOf(store, CALLS)).toEqual(each(CALLS, 'timeout'));
    server.resume();
    expect(await outcomeOf(store.find(A))).toBe('ok');
  });

  it('changes of one session do not wait for one another beyond their limit', async () => {
    const { server, store } = await storeWithA();
    server.pause();
    const changes = Array.from({ length: 20 }, () => failureOf(store.update(A, increment)));
    expect(await Promise.all(changes)).toEqual(Array(20).fill('timeout'));
  });

  it('a failed change says that it may have been saved, and is never saved twice', async () => {
    const { server, store } = await storeWithA();
    server.pause();
    await expect(store.update(A, increment)).rejects.toThrow('may or may not have been saved');
    server.resume();
    const after = await store.update(A, increment);
    expect(after?.revision).toBe(1 + count(after));
    expect(count(after)).toBeLessThanOrEqual(2);
  });

  it('a client of the application recovers as well', async () => {
    const server = await redis();
    const client = createClient({ url: server.url });
    onTestFinished(() => client.destroy());
    const store = storeAt(client);
    await store.create(aRecord('a'));
    server.pause();
    expect(await outcomesOf(store, CALLS)).toEqual(each(CALLS, 'timeout'));
    server.resume();
    expect(await outcomeOf(store.find(A))).toBe('ok');
    await server.restart();
    expect(await outcomeOf(store.find(A))).toBe('ok');
  });
});

describe('a server that is busy with a script', () => {
  it('refuses every call at once, and works when the script has ended', async () => {
    const { server } = await storeWithA();
    const store = storeAt(server.url, ENDLESS);
    await store.find(A);
    await server.cli('CONFIG', 'SET', 'busy-reply-threshold', '1');
    const script = server.cli('EVAL', 'while true do end', '0').catch((error: Error) => error.message);
    await until('Redis says that it is busy', () => server.cli('PING').then(() => false, isBusy));
    const { delete: _, ...calls } = CALLS; // It would wait for the update of the same session.
    expect(await outcomesOf(store, calls, PATIENT)).toEqual(each(calls, 'starting'));
    await server.cli('SCRIPT', 'KILL');
    expect(await script).toContain('Script killed');
    expect(await outcomesOf(store, CALLS, PATIENT)).toEqual(each(CALLS, 'ok'));
  });
});

describe('a server that has just started', () => {
  it('loads its data: calls wait for it until their limit', async () => {
    const slowly = ['--key-load-delay', '10000', '--loading-process-events-interval-bytes', '1024'];
    const server = await redis({ args: slowly });
    await connectedStore(server.url);
    const store = storeAt(server.url, UNHURRIED);
    await server.cli('DEBUG', 'POPULATE', 10_000, 'filler', 1_100); // 100 s to load
    await server.cli('SAVE');
    await server.restart({ loading: true });
    const { delete: _, ...calls } = CALLS; // It would wait for the update of the same session.
    expect(await outcomesOf(store, calls, UNHURRIED)).toEqual(each(calls, 'starting'));
    await server.cli('CONFIG', 'SET', 'key-load-delay', '0');
    expect(await outcomeOf(storeAt(server.url, PATIENT).find(A), PATIENT)).toBe('ok');
  });

  it('has no scripts, as after SCRIPT FLUSH: they are sent again', async () => {
    const { server, store } = await storeWithA();
    await server.cli('SCRIPT', 'FLUSH');
    expect(await outcomesOf(store, CALLS)).toEqual(each(CALLS, 'ok'));
  });
});
