import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { HOUR } from '../../../../src/base/clock.js';
import { RecordCheck } from '../../../../src/session/admin/check/records.js';
import { checkStore } from '../../../../src/store/check.js';
import { type Finding, Findings } from '../../../../src/store/finding.js';
import { Keys } from '../../../../src/store/redis/keys.js';
import { RedisStore } from '../../../../src/store/redis/store.js';
import { need } from '../../../aid/need.js';
import { aRecord, idOf, idsIn, owner } from '../../../aid/records.js';
import { NO_REDIS } from '../../../aid/redis/process.js';
import { type RedisOptions, type RedisServer, startRedis } from '../../../aid/redis/server.js';

beforeEach((context) => need(context, NO_REDIS));

const KEYS = new Keys('moin-sessions:');

async function site(options: RedisOptions = { persistence: 'aof' }) {
  const server = await startRedis(options);
  onTestFinished(server.stop);
  const store = new RedisStore(server.url);
  onTestFinished(() => store.close());
  await store.open();
  const now = Date.now();
  const times = { created: now, seen: now, cookieExpires: now + HOUR, expires: now + 2 * HOUR };
  for (const n of [1, 2]) await store.create({ ...aRecord(n, { user: owner('u') }), ...times });
  await store.secret({ create: true });
  return { server, store };
}

async function check(store: RedisStore, isFixing = false): Promise<Finding[]> {
  const findings = new Findings();
  const at = Date.now();
  const observer = new RecordCheck({ findings, users: undefined, at, onSeen: () => {} });
  await checkStore(store, { at, isFixing, findings, observer });
  return findings.list();
}

/** Everything in a server, for comparing before and after. */
async function contentOf(server: RedisServer): Promise<string[]> {
  const keys = (await server.cli('KEYS', '*')).split('\n').sort();
  return Promise.all(keys.map(async (key) => `${key} ${await server.cli('DUMP', key)}`));
}

describe('a check of a Redis store', () => {
  it('a good one: nothing, and nothing is written', async () => {
    const { server, store } = await site();
    const before = await contentOf(server);
    expect(await check(store)).toEqual([]);
    expect(await contentOf(server)).toEqual(before);
  });

  it('no append-only file is a hint', async () => {
    const { store } = await site({});
    expect(await check(store)).toMatchObject([{ code: 'redis-no-append-only-file', severity: 'info' }]);
  });

  it.each([
    [['maxmemory-policy', 'allkeys-lru'], 'redis-evicts', 'allkeys-lru'],
    [['maxmemory', '900mb', 'maxmemory-policy', 'volatile-ttl'], 'redis-evicts', 'volatile-ttl'],
  ] as const)('%o: %s', async (settings, code, text) => {
    const { server, store } = await site();
    await server.cli('CONFIG', 'SET', ...settings);
    expect(await check(store)).toMatchObject([{ code, what: expect.stringContaining(text) }]);
  });

  it('memory that is almost used up', async () => {
    const { server, store } = await site();
    const used = Number(await server.info('used_memory'));
    await server.cli('CONFIG', 'SET', 'maxmemory', Math.ceil(used * 1.02));
    expect(await check(store)).toMatchObject([
      { code: 'redis-almost-full', what: expect.stringContaining('%') },
    ]);
  });

  it('a volatile policy without a limit throws nothing away', async () => {
    const { server, store } = await site();
    await server.cli('CONFIG', 'SET', 'maxmemory-policy', 'volatile-ttl');
    expect(await check(store)).toEqual([]);
  });

  it('names the rights that a user lacks, without writing', async () => {
    const { server } = await site();
    const rights = ['~moin-sessions:*', '-@all', '+get', '+getrange', '+pttl', '+scan', '+info', '+zscore'];
    await server.cli('ACL', 'SETUSER', 'looker', 'on', '>word', 'resetkeys', ...rights);
    const before = await contentOf(server);
    const options = { password: 'word', readOnly: true };
    const store = new RedisStore(server.url.replace('redis://', 'redis://looker@'), options);
    onTestFinished(() => store.close());
    expect(await check(store)).toMatchObject([
      {
        code: 'redis-right-missing',
        what: 'The Redis user may not use set, del, eval, evalsha, time, zadd, zrem, zrange, zremrangebyscore.',
      },
    ]);
    expect(await contentOf(server)).toEqual(before);
  });

  it('a session that its user’s list lacks is named, and listed with isFixing', async () => {
    const { server, store } = await site();
    await server.cli('ZREM', KEYS.user('u'), idOf(1));
    expect(await check(store)).toMatchObject([
      { code: 'user-index-incomplete', count: 1, fixed: 0, examples: [idOf(1)] },
    ]);
    expect(await idsIn(store.findByUser('u'))).toEqual([idOf(2)]);
    expect(await check(store, true)).toMatchObject([{ code: 'user-index-incomplete', fixed: 1 }]);
    expect(await idsIn(store.findByUser('u'))).toEqual([idOf(1), idOf(2)].sort());
    expect(await check(store)).toEqual([]);
  });

  it('something else under the key of a list is replaced by the list', async () => {
    const { server, store } = await site();
    await server.cli('DEL', KEYS.user('u'));
    await server.cli('SET', KEYS.user('u'), 'x');
    expect(await check(store, true)).toMatchObject([{ code: 'user-index-incomplete', count: 2, fixed: 2 }]);
    expect(await check(store)).toEqual([]);
  });

  it('foreign keys under the prefix and records that cannot be read are named', async () => {
    const { server, store } = await site();
    await server.cli('SET', 'moin-sessions:cache', '1');
    await server.cli('SET', 'moin-sessions:s:short', '1');
    await server.cli('SET', 'elsewhere', '1');
    await server.cli('SET', KEYS.session(idOf(9)), '{');
    const found = await check(store);
    expect(found.map(({ code, count }) => [code, count])).toEqual([
      ['foreign-key', 2],
      ['unreadable-record', 1],
    ]);
    expect([...(found[0]?.examples ?? [])].sort()).toEqual(['moin-sessions:cache', 'moin-sessions:s:short']);
  });

  it('a Redis that is gone is an error, and no finding', async () => {
    const { server, store } = await site();
    await server.kill();
    await expect(check(store)).rejects.toMatchObject({ problem: 'unreachable' });
  });
});
