import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Keys } from '../../src/store/redis/keys.js';
import { DEFAULT_PREFIX } from '../../src/store/redis/options.js';
import { RedisStore } from '../../src/store/redis/store.js';
import { DOUBT } from '../../src/store/redis/user-index.js';
import { need } from '../aid/need.js';
import { all, idsIn } from '../aid/records.js';
import { NO_REDIS } from '../aid/redis/process.js';
import { type RedisServer, startRedis } from '../aid/redis/server.js';
import { died, OPERATIONS, untilAlive } from './operations.js';

beforeEach((context) => need(context, NO_REDIS));
afterEach(() => vi.useRealTimers());

const USERS = ['alice', 'bob'];
const TIMEOUT = 20_000;

/** Runs something with a server of its own. */
async function withRedis<T>(work: (server: RedisServer, store: RedisStore) => Promise<T>): Promise<T> {
  const server = await startRedis();
  const store = new RedisStore(server.url, { timeout: TIMEOUT });
  try {
    return await work(server, store);
  } finally {
    await store.close();
    await server.stop();
  }
}

/** How many entries the users' sets have. */
async function entriesIn(server: RedisServer): Promise<number> {
  const keys = new Keys(DEFAULT_PREFIX);
  const counts = await Promise.all(USERS.map((user) => server.cli('ZCARD', keys.user(user))));
  return counts.reduce((sum, count) => sum + Number(count), 0);
}

const listed = async (store: RedisStore) =>
  (await Promise.all(USERS.map((user) => idsIn(store.findByUser(user))))).flat().sort();

describe('killed before each of its commands to Redis', () => {
  it.each(OPERATIONS)(
    'I3: $what leaves the old or the new, no record is missing from its user, and stale entries go',
    async ({ what, before, may }) => {
      const steps = await untilAlive((at) =>
        withRedis(async (server, store) => {
          for (const record of before) await store.create(record);
          const isDead = await died(what, {
            where: `${server.url}?timeout=${TIMEOUT}`,
            killer: 'kill-at-command.mjs',
            at,
          });
          const left = (await all(store.scan())).flatMap(({ record }) => record ?? []);
          left.sort((a, b) => (a.id < b.id ? -1 : 1));
          expect(may).toContainEqual(left);
          expect(await listed(store)).toEqual(left.map(({ id }) => id));
          await store.sweep(0);
          expect(await listed(store)).toEqual(left.map(({ id }) => id));
          return isDead;
        }),
      );
      expect(steps).toBeGreaterThan(1);
    },
    60_000,
  );

  it.each(['findByUser', 'sweep'] as const)(
    'what a killed login leaves in the set of its user goes with %s',
    async (by) => {
      let stale = 0;
      for (let at = 1, isDead = true; isDead; at++) {
        vi.useRealTimers();
        isDead = await withRedis(async (server, store) => {
          const where = `${server.url}?timeout=${TIMEOUT}`;
          const isDead = await died('create', { where, killer: 'kill-at-command.mjs', at });
          const count = (await listed(store)).length;
          if ((await entriesIn(server)) > count) stale += 1;
          vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + DOUBT });
          await (by === 'sweep' ? store.sweep(0) : listed(store));
          expect(await entriesIn(server)).toBe(count);
          return isDead;
        });
      }
      expect(stale).toBeGreaterThan(0);
    },
    60_000,
  );

  it('spec 4: making the secret leaves none or a whole one', async () => {
    await untilAlive((at) =>
      withRedis(async (server, store) => {
        const isDead = await died('secret', {
          where: `${server.url}?timeout=${TIMEOUT}`,
          killer: 'kill-at-command.mjs',
          at,
        });
        const kept = await store.secret({ create: false });
        const secret = await store.secret({ create: true });
        expect(secret).toHaveLength(32);
        if (kept !== null) expect(secret).toEqual(kept);
        return isDead;
      }),
    );
  }, 60_000);
});
