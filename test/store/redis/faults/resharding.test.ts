import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { RedisStore } from '../../../../src/store/redis/store.js';
import { count, idsOf } from '../../../../src/testing/store/records.js';
import { need } from '../../../aid/need.js';
import { aRecord, idOf, idsIn, increment, owner } from '../../../aid/records.js';
import { type RedisCluster, startCluster } from '../../../aid/redis/cluster.js';
import { NO_REDIS } from '../../../aid/redis/process.js';
import type { RedisServer } from '../../../aid/redis/server.js';
import { outcomeOf } from './failure.js';
import { PASSWORD, PATIENT } from './stores.js';

const NAMES = Array.from({ length: 40 }, (_, number) => number);
const USER = owner('u');

beforeEach((context) => need(context, NO_REDIS));

/** A cluster, and stores of two machines whose keys all lie in one slot: the slot that moves. */
async function moving() {
  const cluster = await startCluster({ password: PASSWORD });
  onTestFinished(cluster.stop);
  const stores = [0, 1].map(() => new RedisStore(cluster.url, { prefix: '{one slot}:', timeout: PATIENT }));
  onTestFinished(() => Promise.all(stores.map((store) => store.close())).then(() => {}));
  for (const name of NAMES) await stores[0]?.create(aRecord(name, { user: USER }));
  return { cluster, stores: stores as [RedisStore, RedisStore], slot: await cluster.slotOf('{one slot}') };
}

/** The primaries, one after another, round and round. */
async function targets(cluster: RedisCluster): Promise<RedisServer[]> {
  const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  const primaries = new Set(await Promise.all(keys.map((key) => cluster.primaryOf(key))));
  const from = await cluster.primaryOf('{one slot}');
  const others = [...primaries].filter((server) => server !== from);
  return [...others, from, ...others];
}

it('updates of two machines are all done once while their slot moves from server to server', async () => {
  const { cluster, stores, slot } = await moving();
  const acknowledged = new Map(NAMES.map((name) => [name, 0]));
  const problems: string[] = [];
  let isOver = false;
  const worker = async (store: RedisStore, step: number) => {
    for (let n = 0; !isOver; n = (n + step) % NAMES.length) {
      const outcome = await outcomeOf(store.update(idOf(n), increment), PATIENT);
      if (outcome === 'ok') acknowledged.set(n, (acknowledged.get(n) ?? 0) + 1);
      else problems.push(outcome);
    }
  };
  const workers = stores.flatMap((store) => [1, 3, 7].map((step) => worker(store, step)));
  for (const to of await targets(cluster)) await cluster.moveSlot(slot, to, { keysAtATime: 3 });
  isOver = true;
  await Promise.all(workers);
  expect(problems).toEqual([]);
  const counts = await Promise.all(NAMES.map((n) => stores[0].find(idOf(n)).then(count)));
  expect(counts).toEqual([...acknowledged.values()]);
  expect(Math.min(...counts)).toBeGreaterThan(0);
});

it('a slot that is half moved is read, listed, written and emptied as if it were whole', async () => {
  const { cluster, stores, slot } = await moving();
  const [store, other] = stores;
  const seen: string[] = [];
  const whileHalfMoved = async () => {
    const name = `new-${seen.length}`;
    expect(await store.create(aRecord(name, { user: USER }))).toBe('created');
    expect(await other.find(idOf(name))).not.toBeNull();
    const all = [...NAMES, name].map(idOf).sort();
    expect(await idsIn(store.scan())).toEqual(all);
    expect(await idsIn(other.findByUser(USER.id))).toEqual(all);
    expect(await other.delete(idOf(name))).toMatchObject({ removed: true });
    expect(await store.find(idOf(name))).toBeNull();
    seen.push(name);
  };
  for (const to of await targets(cluster))
    await cluster.moveSlot(slot, to, { keysAtATime: 15, whileHalfMoved });
  expect(seen.length).toBeGreaterThan(10);
  expect(await idsIn(store.scan())).toEqual(idsOf(...NAMES));
});
