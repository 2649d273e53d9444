import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { createSessions } from '../../../src/index.js';
import { Keys } from '../../../src/store/redis/keys.js';
import { DEFAULT_PREFIX } from '../../../src/store/redis/options.js';
import { RedisStore } from '../../../src/store/redis/store.js';
import { all, aRecord, idOf, increment, owner } from '../../../src/testing/store/records.js';
import { need } from '../../aid/need.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { startRedis } from '../../aid/redis/server.js';

beforeEach((context) => need(context, NO_REDIS));

/** A store with the sessions `a` and `b` of one user, on a Redis that takes nothing new any more. */
async function fullStore() {
  const server = await startRedis();
  onTestFinished(server.stop);
  const store = new RedisStore(server.url);
  onTestFinished(() => store.close());
  const times = { seen: Date.now(), cookieExpires: Date.now() + 3_600_000, expires: Date.now() + 7_200_000 };
  for (const name of ['a', 'b', 'c']) await store.create(aRecord(name, { user: owner('u'), ...times }));
  await server.cli('CONFIG', 'SET', 'maxmemory', '1');
  return { server, store, keys: new Keys(DEFAULT_PREFIX) };
}

it('a full Redis refuses what is new, in one line, and loses nothing', async () => {
  const { server, store } = await fullStore();
  const full = { problem: 'full', message: expect.stringMatching(/OOM.*give it more memory/) };
  await expect(store.create(aRecord('new'))).rejects.toMatchObject(full);
  await expect(store.update(idOf('a'), increment)).rejects.toMatchObject(full);
  expect(await store.find(idOf('a'))).toMatchObject({ revision: 1 });
  await server.cli('CONFIG', 'SET', 'maxmemory', '0');
  expect(await store.update(idOf('a'), increment)).toMatchObject({ revision: 2 });
});

it('S6, I2: a full Redis lets sessions be ended, by logout and by an operator', async () => {
  const { store } = await fullStore();
  const tombstone = { reason: 'logout', at: 1, until: Date.now() + 3_600_000 } as const;
  expect(await store.delete(idOf('a'), { tombstone })).toMatchObject({ removed: true });
  expect(await store.tombstone(idOf('a'))).toEqual(tombstone);
  const sessions = createSessions({ store, secrets: 's'.repeat(32) });
  expect(await sessions.expire([idOf('b')])).toMatchObject({ expired: 1, failed: 0 });
  expect(await sessions.endUser('u')).toMatchObject({ expired: 1, failed: 0 });
  expect((await all(sessions.list({ state: 'active' }))).length).toBe(0);
});

it('a full Redis does not grow with the logins that it refuses, and still mends the list of a user', async () => {
  const { server, store, keys } = await fullStore();
  await server.cli('CONFIG', 'SET', 'maxmemory', '0');
  await server.cli('ZADD', keys.user('u'), 1, 'over'); // What a login drops is no way in.
  await server.cli('CONFIG', 'SET', 'maxmemory', '1');
  for (let n = 0; n < 10; n++)
    await expect(store.create(aRecord(n, { user: owner('u') }))).rejects.toMatchObject({ problem: 'full' });
  expect(await server.cli('ZCARD', keys.user('u'))).toBe('4');
  await server.cli('DEL', keys.user('u'));
  await store.sweep(0).catch(() => {}); // It cannot note that it is done.
  expect(await server.cli('ZCARD', keys.user('u'))).toBe('3');
});
