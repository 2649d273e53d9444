import { createCluster } from 'redis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Keys } from '../../../src/store/redis/keys.js';
import type { RedisClient } from '../../../src/store/redis/link.js';
import { RedisStore } from '../../../src/store/redis/store.js';
import { need } from '../../aid/need.js';
import { aRecord, idOf, idsIn, increment } from '../../aid/records.js';
import { type RedisCluster, startCluster } from '../../aid/redis/cluster.js';
import { NO_REDIS } from '../../aid/redis/process.js';

beforeEach((context) => need(context, NO_REDIS));

const COUNT = 60;
const IDS = Array.from({ length: COUNT }, (_, n) => idOf(n)).sort();
const ID = IDS[0] as string;

describe('a cluster that gets a new node', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    if (NO_REDIS === null) cluster = await startCluster({ nodeTimeout: 5_000 });
  });
  afterAll(() => cluster?.stop());

  let sites = 0;
  /** A site with sessions, a store that knows the nodes of now, and the slot of one session. */
  async function site({ timeout = 10_000, client }: { timeout?: number; client?: RedisClient } = {}) {
    const prefix = `site${sites++}:`;
    const open = (options: { timeout: number }, where: string | RedisClient = cluster.url) => {
      const store = new RedisStore(where, { prefix, ...options });
      onTestFinished(() => store.close());
      return store;
    };
    const writer = open({ timeout: 10_000 });
    for (let n = 0; n < COUNT; n++) await writer.create(aRecord(n));
    const store = open({ timeout }, client);
    expect(await idsIn(store.scan())).toEqual(IDS);
    return { store, open, slot: await cluster.slotOf(new Keys(prefix).session(ID)) };
  }

  it('is listed whole by a process that has not met the node', async () => {
    const { store, slot } = await site();
    await cluster.moveSlot(slot, await cluster.addPrimary());
    expect(await idsIn(store.scan())).toEqual(IDS);
  });

  it('is listed whole over a client of the application that has not met the node', async () => {
    const client = createCluster({ rootNodes: cluster.nodes.map(({ url }) => ({ url })) });
    const { store, slot } = await site({ client });
    await cluster.moveSlot(slot, await cluster.addPrimary());
    expect(await idsIn(store.scan())).toEqual(IDS);
  });

  it('is listed whole, or not at all, while the first slot moves to the node', async () => {
    const { store, slot } = await site({ timeout: 2_000 });
    const lists: unknown[] = [];
    const list = async () => lists.push(await idsIn(store.scan()).catch(({ problem }) => problem));
    await cluster.moveSlot(slot, await cluster.addPrimary(), { whileHalfMoved: list });
    expect(lists).toEqual(['moving', 'moving']);
    expect(await idsIn(store.scan())).toEqual(IDS);
  });

  it('serves a session whose slot is the first that moves to the node: the calls wait for it', async () => {
    const { store, open, slot } = await site();
    const calls: Promise<unknown[]>[] = [];
    const problems: unknown[] = [];
    let isMoved = false;
    const whileHalfMoved = async () => {
      if (isMoved) calls.push(outcomes(store.find(ID), store.update(ID, increment)));
      if (isMoved)
        problems.push(
          await open({ timeout: 1_500 })
            .find(ID)
            .catch(({ problem }) => problem),
        );
      isMoved = true;
    };
    await cluster.moveSlot(slot, await cluster.addPrimary(), { whileHalfMoved });
    expect(problems).toEqual(['moving']);
    expect(await Promise.all(calls)).toMatchObject([[{ id: ID }, { id: ID, revision: 2 }]]);
  });
});

function outcomes(...calls: Promise<unknown>[]): Promise<unknown[]> {
  return Promise.all(calls.map((call) => call.catch((error: unknown) => error)));
}
