import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Keys } from '../../../src/store/redis/keys.js';
import { RedisStore } from '../../../src/store/redis/store.js';
import { need } from '../../aid/need.js';
import { aRecord, idOf, idsIn, owner } from '../../aid/records.js';
import { type RedisCluster, startCluster } from '../../aid/redis/cluster.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { startRedis } from '../../aid/redis/server.js';

beforeEach((context) => need(context, NO_REDIS));

describe('the list of a user whose server lost it, while the records lie on others', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    if (NO_REDIS === null) cluster = await startCluster({ nodeTimeout: 15_000 });
  });
  afterAll(() => cluster?.stop());

  let sites = 0;
  /** A site that was swept, whose list of a user and whose key `listed` lie on two servers; the server of the list, and what it lacks. */
  async function site() {
    const prefix = `site${sites++}:`;
    const keys = new Keys(prefix);
    const store = new RedisStore(cluster.url, { prefix, timeout: 20_000 });
    onTestFinished(() => store.close());
    const listed = await cluster.primaryOf(keys.listed);
    let user = '';
    for (let n = 0; user === ''; n++)
      if ((await cluster.primaryOf(keys.user(`u${n}`))) !== listed) user = `u${n}`;
    const server = await cluster.primaryOf(keys.user(user));
    const left: string[] = [];
    const times = { expires: Date.now() + 3_600_000, cookieExpires: Date.now() + 3_600_000 };
    for (let n = 0; n < 12; n++) {
      await store.create(aRecord(n, { user: owner(user), ...times }));
      if ((await cluster.primaryOf(keys.session(idOf(n)))) !== server) left.push(idOf(n));
    }
    await store.sweep(0);
    return { store, user, key: keys.user(user), server, left: left.sort() };
  }

  it('comes back with the sweep after the server restarted empty, with its old slots', async () => {
    const { store, user, server, left } = await site();
    await server.restart();
    await cluster.waitUntilOk();
    expect(await idsIn(store.findByUser(user))).toEqual([]);
    await store.sweep(0);
    expect(await idsIn(store.findByUser(user))).toEqual(left);
    expect(left.length).toBeGreaterThan(0);
  });

  it('comes back with the sweep after a failover there and back', async () => {
    const { store, user, key, server, left } = await site();
    await cluster.handOver(key);
    await cluster.waitUntilOk();
    await (await cluster.primaryOf(key)).cli('DEL', key); // As a replica that was behind.
    await cluster.handOver(key);
    await cluster.waitUntilOk();
    expect(await cluster.primaryOf(key)).toBe(server);
    await store.sweep(0);
    expect(await idsIn(store.findByUser(user))).toEqual(expect.arrayContaining(left));
  });
});

it('a sweep that cannot learn whether a failover came in between says so', async () => {
  const server = await startRedis({ args: ['--rename-command', 'INFO', ''] });
  onTestFinished(server.stop);
  const store = new RedisStore(server.url);
  onTestFinished(() => store.close());
  await expect(store.sweep(0)).rejects.toMatchObject({
    message: expect.stringMatching(/unknown command.*INFO/i),
  });
});
