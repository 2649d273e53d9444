import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { Keys } from '../../../src/store/redis/keys.js';
import { RedisStore } from '../../../src/store/redis/store.js';
import { need } from '../../aid/need.js';
import { aRecord, idOf, idsIn } from '../../aid/records.js';
import { type RedisCluster, startCluster } from '../../aid/redis/cluster.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import type { RedisServer } from '../../aid/redis/server.js';
import { redisSite } from './site.js';

beforeEach((context) => need(context, NO_REDIS));

const COUNT = 60;
const IDS = Array.from({ length: COUNT }, (_, n) => idOf(n)).sort();

describe('a list of all sessions while keys move in the cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    if (NO_REDIS === null) cluster = await startCluster();
  });
  afterAll(() => cluster?.stop());

  /** The server that a list begins with, and the key of a session on another one. */
  interface Found {
    scannedFirst: RedisServer;
    later: string;
  }

  let sites = 0;
  /** A site's sessions; one whose server is scanned later; and the list, up to the first session that it gave. */
  async function beganList(before: (found: Found) => Promise<void> = async () => {}) {
    const prefix = `site${sites++}:`;
    const keys = new Keys(prefix);
    const store = new RedisStore(cluster.url, { prefix, timeout: 20_000 });
    onTestFinished(() => store.close());
    for (let n = 0; n < COUNT; n++) await store.create(aRecord(n));
    const first = await store.scan()[Symbol.asyncIterator]().next();
    const scannedFirst = await cluster.primaryOf(keys.session(first.value.id));
    const later = await other(keys, scannedFirst.port);
    await before({ scannedFirst, later });
    const list = store.scan()[Symbol.asyncIterator]();
    const begun = await list.next();
    return { scannedFirst, later, rest: list, begun: begun.value.id as string };
  }

  async function other(keys: Keys, port: number): Promise<string> {
    for (const id of IDS)
      if ((await cluster.primaryOf(keys.session(id))).port !== port) return keys.session(id);
    throw new Error('all sessions lie on one server');
  }

  async function idsOf(list: AsyncIterator<{ id: string }>): Promise<string[]> {
    return idsIn({ [Symbol.asyncIterator]: () => list });
  }

  it('gives each session once, also one whose slot moved to a server that was scanned already', async () => {
    const { scannedFirst, later, rest, begun } = await beganList();
    await cluster.moveSlot(await cluster.slotOf(later), scannedFirst);
    expect([begun, ...(await idsOf(rest))].sort()).toEqual(IDS);
  });

  it('gives each session once, also when its slot had been open before and stays so', async () => {
    const ends = async ({ scannedFirst, later }: Found) => ({
      slot: await cluster.slotOf(later),
      from: await cluster.primaryOf(later),
      to: scannedFirst,
    });
    const { rest, begun, ...found } = await beganList(async (before) => {
      const { slot, from, to } = await ends(before);
      await to.cli('CLUSTER', 'SETSLOT', slot, 'IMPORTING', await from.cli('CLUSTER', 'MYID'));
      await from.cli('CLUSTER', 'SETSLOT', slot, 'MIGRATING', await to.cli('CLUSTER', 'MYID'));
    });
    const { from, to } = await ends(found);
    await from.cli('MIGRATE', '127.0.0.1', to.port, found.later, 0, 5000);
    expect([begun, ...(await idsOf(rest))].sort()).toEqual(IDS);
  });
});

describe('a list of all sessions of one server', () => {
  it('gives each session once, however many there are, and nothing that only looks like one', async () => {
    const { open, server, keys } = await redisSite();
    const store = open();
    const ids = Array.from({ length: 3000 }, (_, n) => idOf(n)).sort();
    await Promise.all(ids.map((_, n) => store.create(aRecord(n))));
    for (const key of [
      `${keys.session('x')}`,
      keys.session(`${ids[0]}0`),
      `other:${keys.session(ids[0] as string)}`,
    ])
      await server.cli('SET', key, 'x');
    expect(await idsIn(store.scan())).toEqual(ids);
    const prefix = (ids[0] as string).slice(0, 2);
    expect(await idsIn(store.scan({ prefix }))).toEqual(ids.filter((id) => id.startsWith(prefix)));
  });

  it('a prefix with signs of patterns means itself', async () => {
    const { server } = await redisSite();
    const open = (prefix: string) => {
      const store = new RedisStore(server.url, { prefix, timeout: 20_000 });
      onTestFinished(() => store.close());
      return store;
    };
    const names = ['a*:', 'ab:', 'a?:', '[ab]:', 'a\\:', '^a:'];
    for (const name of names) await open(name).create(aRecord(name));
    for (const name of names) expect(await idsIn(open(name).scan())).toEqual([idOf(name)]);
  });
});
