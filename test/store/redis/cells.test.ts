import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import type { SessionRecord } from '../../../src/store/contract.js';
import { need } from '../../aid/need.js';
import { aRecord, idOf, increment, owner } from '../../aid/records.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import type { RedisServer } from '../../aid/redis/server.js';
import type { HeldClient } from './held-client.js';
import { redisSite } from './site.js';

beforeEach((context) => need(context, NO_REDIS));

const A = idOf('a');
const only = (n: number) => (record: SessionRecord) => (record.data.n === n ? increment(record) : null);
const names = (client: HeldClient) => client.sent.map(([name]) => name);
const isSwap = (args: string[]) => args.includes('set') || args.includes('delete');

/** A store that has seen the session `a`, and another one that changes it behind its back. */
async function withStaleView() {
  const site = await redisSite();
  const { store, client } = site.openHeld();
  const other = site.open();
  await store.create(aRecord('a', { user: owner('u'), expires: 8e15, data: { n: 0 } }));
  return { ...site, store, client, other };
}

describe('what was seen a moment ago is a guess', () => {
  it('I1: a change that would have nothing to do is asked again of what is there now', async () => {
    const { store, other } = await withStaleView();
    await other.update(A, increment);
    expect(await store.update(A, only(1))).toMatchObject({ revision: 3, data: { n: 2 } });
  });

  it('I1: a change that would have something to do is asked again of what is there now', async () => {
    const { store, other } = await withStaleView();
    await other.update(A, increment);
    expect(await store.update(A, only(0))).toBeNull();
    expect(await other.find(A)).toMatchObject({ revision: 2, data: { n: 1 } });
  });

  it('what a change throws of an old record is not thrown, of the present one it is', async () => {
    const { store, other } = await withStaleView();
    await other.update(A, increment);
    const strict = (at: number) => (record: SessionRecord) => {
      if (record.data.n !== at) throw new Error(`n is ${record.data.n}`);
      return increment(record);
    };
    expect(await store.update(A, strict(1))).toMatchObject({ data: { n: 2 } });
    await expect(store.update(A, strict(0))).rejects.toThrow('n is 2');
  });

  it('I5: a purge decides by the record that is there', async () => {
    const { store, other } = await withStaleView();
    await other.update(A, increment);
    expect(await store.delete(A, { when: ({ data }) => data.n === 0 })).toMatchObject({ removed: false });
    await other.update(A, increment);
    expect(await store.delete(A, { when: ({ data }) => data.n === 2 })).toMatchObject({ removed: true });
  });

  it('I2: an update brings nothing back that another deleted', async () => {
    const { store, other } = await withStaleView();
    await other.delete(A);
    expect(await store.update(A, increment)).toBeNull();
    expect(await other.find(A)).toBeNull();
  });

  it('a session that another created anew is updated, though it was seen to be gone', async () => {
    const { store, other } = await withStaleView();
    await store.delete(A);
    expect(await store.create(aRecord('a'))).toBe('created');
    await other.delete(A);
    expect(await store.create(aRecord('a'))).toBe('created');
    await store.delete(A);
    await other.create(aRecord('a'));
    expect(await store.create(aRecord('a'))).toBe('exists');
    expect(await store.update(A, increment)).toMatchObject({ revision: 2 });
  });

  it('S6: a session whose tombstone is not known yet is not created', async () => {
    const { store, other } = await withStaleView();
    await other.delete(A, { tombstone: { reason: 'logout', at: 1, until: 8e15 } });
    expect(await store.create(aRecord('a'))).toBe('gone');
    expect(await store.tombstone(A)).toMatchObject({ reason: 'logout' });
  });

  it('I1: a change that was decided and not yet written is decided again', async () => {
    const { store, client, other } = await withStaleView();
    const held = client.hold(isSwap);
    const stepped = store.update(A, increment);
    await held.reached;
    await other.update(A, increment);
    held.release();
    expect(await stepped).toMatchObject({ revision: 3, data: { n: 2 } });
  });

  it('I4: bytes that are no text are compared as they are, and not overwritten', async () => {
    const { store, server, keys } = await withStaleView();
    await plantBytes(server, keys.session(A));
    await expect(store.update(A, increment)).rejects.toThrow(/unreadable/);
    const tombstone = { reason: 'logout', at: 1, until: Date.now() + HOUR } as const;
    for (const reason of ['logout', 'user'] as const) {
      await store.delete(A, { tombstone: { ...tombstone, reason }, keepUnreadable: true });
      expect(await store.tombstone(A)).toMatchObject({ reason });
      expect(await store.find(A)).toBeNull();
    }
    expect(await store.sweep(tombstone.until)).toBe(1);
    expect(await server.cli('EVAL', HEX, 1, keys.session(A))).toBe('fffe8041');
    await server.cli('DEL', keys.session(A));
    await server.cli('RPUSH', keys.session(A), 'a', 'list');
    await expect(store.find(A)).rejects.toThrow(/unreadable/);
    await expect(store.update(A, increment)).rejects.toThrow(/unreadable/);
    expect(await store.create(aRecord('a'))).toBe('exists');
    await store.delete(A, { tombstone, keepUnreadable: true });
    expect(await server.cli('LLEN', keys.session(A))).toBe('2');
    expect(await store.delete(A)).toMatchObject({ removed: true });
    expect(await server.cli('EXISTS', keys.session(A))).toBe('0');
  });
});

/** Bytes that are no UTF-8. */
async function plantBytes(server: RedisServer, key: string): Promise<void> {
  await server.cli('EVAL', "return redis.call('SET', KEYS[1], string.char(255, 254, 128, 65))", 1, key);
}

/** Gives the value of a key in hex. */
const HEX =
  "return (redis.call('GET', KEYS[1]):gsub('.', function(c) return string.format('%02x', c:byte()) end))";

describe('others that change a session all the time', () => {
  it('a change fails as contended when its time is over, and changes nothing', async () => {
    const { open, openHeld } = await redisSite();
    const other = open();
    const { store, client } = openHeld(500);
    await other.create(aRecord('a'));
    client.beforeEach(isSwap, () => other.update(A, increment));
    await expect(store.update(A, (record) => ({ ...record, data: { mine: true } }))).rejects.toMatchObject({
      problem: 'contended',
      message: expect.stringMatching(/could not save session .*: try again/),
    });
    expect((await other.find(A))?.data).toEqual({ n: expect.any(Number) });
  });

  it('a change that others are in the way of a few times comes through, on what is there then', async () => {
    const { store, client, other } = await withStaleView();
    let times = 0;
    client.beforeEach(isSwap, async () => times++ < 5 && other.update(A, increment));
    expect(await store.update(A, increment)).toMatchObject({ revision: 7, data: { n: 6 } });
    expect(names(client).filter((name) => name === 'GET')).toEqual([]);
  });
});

describe('round trips (one process, nothing else going on)', () => {
  it('a find is one command, a change of a session seen a moment ago is one, its list apart', async () => {
    const { store, client } = await withStaleView();
    client.sent.length = 0;
    await store.find(A);
    expect(names(client)).toEqual(['GET']);
    client.sent.length = 0;
    await store.update(A, increment);
    await store.update(A, increment);
    expect(names(client)).toEqual(['EVALSHA', 'EVALSHA']);
    client.sent.length = 0;
    await store.create(aRecord('b'));
    expect(names(client)).toEqual(['EVALSHA']);
    await store.delete(idOf('b'));
    client.sent.length = 0;
    await store.create(aRecord('b'));
    expect(names(client)).toEqual(['EVALSHA']);
  });

  it('of one process the changes of a session go one after the other: none is tried in vain', async () => {
    const { store, client } = await withStaleView();
    client.sent.length = 0;
    await Promise.all(Array.from({ length: 20 }, () => store.update(A, increment)));
    expect(names(client)).toEqual(Array(20).fill('EVALSHA'));
    expect(await store.find(A)).toMatchObject({ data: { n: 20 } });
    client.sent.length = 0;
    const first = store.update(A, increment);
    const waiting = [store.update(A, increment), store.update(A, increment)];
    await first;
    await Promise.all([...waiting, store.update(A, increment), store.update(A, increment)]);
    expect(names(client)).toEqual(Array(5).fill('EVALSHA'));
  });

  it('scripts are sent again after SCRIPT FLUSH', async () => {
    const { store, client, server } = await withStaleView();
    await server.cli('SCRIPT', 'FLUSH');
    client.sent.length = 0;
    expect(await store.update(A, increment)).toMatchObject({ data: { n: 1 } });
    expect(names(client)).toEqual(['EVALSHA', 'EVAL']);
  });
});

describe('how long Redis keeps what is written', () => {
  const HOUR = 3_600_000;
  const near = (expected: number) => [expected - 20_000, expected + 1000] as const;

  it.each([
    ['until it expires', 5 * HOUR, 5 * HOUR],
    ['an hour, when it is over sooner', 1000, HOUR],
    ['an hour, when it is over', -5 * HOUR, HOUR],
  ])('a record %s', async (_, left, kept) => {
    const { open, server, keys } = await redisSite();
    const store = open();
    const expires = Date.now() + left;
    await store.create(aRecord('a', { expires }));
    const ttl = () => server.cli('PTTL', keys.session(A)).then(Number);
    const [least, most] = near(kept);
    expect(await ttl()).toBeGreaterThan(least);
    expect(await ttl()).toBeLessThan(most);
    await store.update(A, (record) => ({ ...record, expires: Date.now() + 9 * HOUR }));
    expect(await ttl()).toBeGreaterThan(near(9 * HOUR)[0]);
    await store.delete(A, { tombstone: { reason: 'logout', at: 1, until: Date.now() + 3 * HOUR } });
    expect(await ttl()).toBeGreaterThan(near(3 * HOUR)[0]);
    expect(await ttl()).toBeLessThan(near(3 * HOUR)[1]);
  });

  it('an unreadable record for ever, also with a tombstone beside it (I4)', async () => {
    const { open, server, keys } = await redisSite();
    await server.cli('SET', keys.session(A), '{', 'PX', 50_000);
    const tombstone = { reason: 'logout', at: 1, until: Date.now() + HOUR } as const;
    await open().delete(A, { tombstone, keepUnreadable: true });
    expect(await server.cli('PTTL', keys.session(A))).toBe('-1');
  });
});
