import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import type { SessionRecord } from '../../../src/store/contract.js';
import { need } from '../../aid/need.js';
import { aRecord, idOf, idsIn, owner } from '../../aid/records.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { redisSite } from './site.js';

beforeEach((context) => need(context, NO_REDIS));

const IDS = [1, 2, 3].map(idOf).sort();

function living(name: string | number): SessionRecord {
  const now = Date.now();
  const times = { created: now, seen: now, cookieExpires: now + HOUR, expires: now + HOUR };
  return { ...aRecord(name, { user: owner('u') }), ...times };
}

/** Sessions of one user, whose set is lost. */
async function lostSet(options?: Parameters<typeof redisSite>[0]) {
  const site = await redisSite(options);
  const store = site.open();
  for (const n of [1, 2, 3]) await store.create(living(n));
  const lose = () => site.server.cli('DEL', site.keys.user('u'));
  return { ...site, store, lose };
}

describe('the set of a user that Redis lost', () => {
  it('comes back session by session, with the first save that moves the end by a tenth', async () => {
    const { store, lose } = await lostSet();
    await lose();
    const later = (by: number) => (record: SessionRecord) => ({ ...record, expires: record.expires + by });
    await store.update(IDS[0] as string, later(0));
    await store.update(IDS[1] as string, later(HOUR / 10));
    expect(await idsIn(store.findByUser('u'))).toEqual([IDS[1]]);
  });

  it('comes back with the first sweep', async () => {
    const { store, lose } = await lostSet();
    await lose();
    await store.sweep(0);
    expect(await idsIn(store.findByUser('u'))).toEqual(IDS);
  });

  it('comes back with the first sweep after a restart, and after the key `listed` was deleted; other sweeps read no records', async () => {
    const { store, lose, server, keys, openHeld } = await lostSet({ persistence: 'aof' });
    await store.sweep(0);
    await lose();
    const { store: quick, client } = openHeld();
    await quick.sweep(0);
    expect(client.sent.filter(([name, key]) => name === 'GET' && key !== keys.listed)).toEqual([]);
    await server.restart();
    await vi.waitFor(() => store.sweep(0), { timeout: 10_000 });
    expect(await idsIn(store.findByUser('u'))).toEqual(IDS);
    await lose();
    await server.cli('DEL', keys.listed);
    await store.sweep(0);
    expect(await idsIn(store.findByUser('u'))).toEqual(IDS);
  });

  it('comes back with a sweep a day later at the latest, whoever removed it', async () => {
    const { store, lose } = await lostSet();
    await store.sweep(0);
    await lose();
    await store.sweep(0);
    expect(await idsIn(store.findByUser('u'))).toEqual([]);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 25 * HOUR });
    onTestFinished(() => void vi.useRealTimers());
    await store.sweep(0);
    vi.useRealTimers();
    expect(await idsIn(store.findByUser('u'))).toEqual(IDS);
  });

  it('I4: with a value of another type under its key, all sessions are looked at; the next login begins it anew', async () => {
    const { store, lose, server, keys } = await lostSet();
    await lose();
    await server.cli('SET', keys.user('u'), 'x');
    await server.cli('RPUSH', keys.listed, 'x');
    expect(await idsIn(store.findByUser('u'))).toEqual(IDS);
    expect(await idsIn(store.findByUser('v'))).toEqual([]);
    await store.create(living(4));
    await store.sweep(0);
    expect(await server.cli('ZCARD', keys.user('u'))).toBe('4');
  });

  it('is not missed where an allkeys- policy may evict it: all sessions are looked at', async () => {
    const { store, lose, server } = await lostSet();
    await lose();
    expect(await idsIn(store.findByUser('u'))).toEqual([]);
    await server.cli('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    expect(await idsIn(store.findByUser('u'))).toEqual(IDS);
    expect(await idsIn(store.findByUser('v'))).toEqual([]);
  });

  it('asks nothing of a user who may not ask for the policy', async () => {
    const { store, server } = await lostSet();
    await server.cli('ACL', 'SETUSER', 'default', '-info');
    expect(await idsIn(store.findByUser('u'))).toEqual(IDS);
  });
});

describe('a server that runs out of memory', () => {
  it.each([
    'volatile-lru',
    'volatile-lfu',
    'volatile-random',
    'volatile-ttl',
    'allkeys-lru',
    'allkeys-random',
  ])('with %s: what is there is listed', async (policy) => {
    const { store, server } = await lostSet({ args: ['--maxmemory', '4mb', '--maxmemory-policy', policy] });
    const filler = 'x'.repeat(20_000);
    for (let n = 0; n < 240; n++) {
      const user = n % 6 === 0 ? owner(`u${n % 8}`) : null;
      await store.create({ ...living(n), kind: user ? 'user' : 'anonymous', user, data: { filler } });
    }
    await server.cli('CONFIG', 'SET', 'maxmemory', 0);
    expect(Number(await server.info('evicted_keys'))).toBeGreaterThan(0);
    const left = new Map<string, string[]>();
    for await (const { id, record } of store.scan())
      if (record?.user) left.set(record.user.id, [...(left.get(record.user.id) ?? []), id]);
    for (const [user, ids] of left) expect(await idsIn(store.findByUser(user))).toEqual(ids.sort());
    expect(left.size).toBeGreaterThan(0);
  });
});
