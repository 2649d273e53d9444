import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { DAY } from '../../../src/base/clock.js';
import { createSessions } from '../../../src/sessions.js';
import { RedisStore } from '../../../src/store/redis/store.js';
import { tombstonesOf } from '../../../src/store/tombstone-list.js';
import { need } from '../../aid/need.js';
import { all, sample } from '../../aid/records.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { type RedisServer, startRedis } from '../../aid/redis/server.js';

beforeEach((context) => need(context, NO_REDIS));

const MB = 1024 * 1024;

let server: RedisServer;
beforeAll(async () => {
  if (NO_REDIS === null) server = await startRedis();
});
afterAll(() => server?.stop());

async function getsSoFar(): Promise<number> {
  const stats = await server.cli('INFO', 'commandstats');
  return Number(/cmdstat_get:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

/** A store under a prefix of its own, with sessions whose values have this many bytes. */
async function filled(prefix: string, bytes: number, count = 150): Promise<RedisStore> {
  const store = new RedisStore(server.url, { prefix, timeout: 20_000 });
  const create = (n: number) =>
    store.create(sample(String(1000 + n), { user: null, data: { text: 'x'.repeat(bytes) } }));
  await Promise.all(Array.from({ length: count }, (_, n) => create(n)));
  return store;
}

/** How many records a list has asked for when it hands out the entry with this number. */
async function asked(store: RedisStore, number: number): Promise<number> {
  const before = await getsSoFar();
  let count = 0;
  for await (const _ of store.scan()) if (++count === number) return (await getsSoFar()) - before;
  throw new Error(`the list has only ${count} entries`);
}

it('a list asks for as many records at a time as come to some megabytes', async () => {
  const store = await filled('large:', MB);
  expect(await asked(store, 1)).toBe(10);
  expect(await asked(store, 11)).toBe(13);
  await store.close();
});

it('a list of small records asks for a hundred at a time', async () => {
  const store = await filled('small:', 10);
  expect(await asked(store, 11)).toBe(110);
  await store.close();
});

it('a list drives out nothing that requests remember: a save after it is one command', async () => {
  const store = await filled('many:', 10, 2100);
  const [entry] = await all(store.scan());
  const id = entry?.id as string;
  await store.find(id);
  await all(store.scan());
  const before = await getsSoFar();
  await store.update(id, (current) => ({ ...current, data: { n: 1 } }));
  expect((await getsSoFar()) - before).toBe(1); // The script's own: nothing was read before.
  await store.close();
});

it('I4, I5: a key of another type stops no purge, and stays', async () => {
  const store = await filled('typed:', 10, 3);
  const [one = '', ...others] = (await all(store.scan())).map(({ id }) => id);
  await server.cli('DEL', `typed:s:${one}`);
  await server.cli('RPUSH', `typed:s:${one}`, 'a');
  const sessions = createSessions({ store, secrets: 's'.repeat(32), clock: () => Date.now() + 500 * DAY });
  expect(await sessions.purge({ state: 'expired' })).toMatchObject({ removed: others.length, failed: 0 });
  expect(await server.cli('LLEN', `typed:s:${one}`)).toBe('1');
});

it('the tombstones are listed without reading a record', async () => {
  const store = await filled('gone:', 10, 3);
  const { id } = sample('1001', { user: null });
  const now = Date.now();
  const tombstone = { reason: 'logout', at: now, until: now + DAY } as const;
  await store.delete(id, { tombstone });
  await server.cli('LPUSH', `gone:s:${sample('2000').id}`, 'of another type');
  const before = await getsSoFar();
  expect(await all(tombstonesOf(store))).toEqual([{ id, tombstone }]);
  expect((await getsSoFar()) - before).toBe(1);
  await store.close();
});
