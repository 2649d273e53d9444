import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { need } from '../../aid/need.js';
import { type RedisCluster, startCluster } from '../../aid/redis/cluster.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { startRedis } from '../../aid/redis/server.js';
import { eightProcesses } from '../history/eight-processes.js';
import { assertLinearizable } from '../history/linear.js';
import { idOf } from '../history/writer.mjs';

beforeEach((context) => need(context, NO_REDIS));

describe('processes of several machines on few sessions in Redis', () => {
  it('I1, I2, I5: some order explains all that writers, purge and expire were told', async () => {
    const server = await startRedis();
    onTestFinished(server.stop);
    const calls = await eightProcesses(`${server.url}?timeout=20000`, { steps: 500 });
    assertLinearizable(calls);
    expect(calls.length).toBeGreaterThan(3000);
    expect(calls.filter(({ by }) => by === 'cli').length).toBeGreaterThan(0);
  }, 120_000);
});

describe('processes of several machines on few sessions in a cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    if (NO_REDIS === null) cluster = await startCluster({ nodeTimeout: 15_000 });
  });
  afterAll(() => cluster?.stop());

  let sites = 0;
  /** A site of its own in the cluster. */
  const newSite = () => {
    const prefix = `site${sites++}:`;
    return {
      where: `${cluster.url}?timeout=20000&prefix=${prefix}`,
      keyOf: (id: string) => `${prefix}s:${id}`,
    };
  };

  it('I1, I2, I5: some order explains it, also when the slots of their sessions move to and fro', async () => {
    const { where, keyOf } = newSite();
    let moves = 0;
    const calls = await eightProcesses(where, {
      steps: 300,
      beside: async (isOver) => {
        while (!isOver()) {
          const key = keyOf(idOf(moves % 6, 0));
          const from = await cluster.primaryOf(key);
          const others = await Promise.all(cluster.nodes.map(({ info }) => info('role')));
          const to = cluster.nodes.find((node, n) => node !== from && others[n] === 'master');
          if (to === undefined) throw new Error('the cluster has one primary');
          await cluster.moveSlot(await cluster.slotOf(key), to, { keysAtATime: 1 });
          moves += 1;
        }
      },
    });
    assertLinearizable(calls);
    expect(moves).toBeGreaterThan(3);
  }, 120_000);

  it('I1, I2, I5: some order explains it, also when each primary hands over to its replica', async () => {
    const { where, keyOf } = newSite();
    let promotions = 0;
    const calls = await eightProcesses(where, {
      steps: 300,
      beside: async (isOver) => {
        while (!isOver()) {
          await cluster.handOver(keyOf(idOf(promotions % 6, 0)));
          await cluster.waitUntilOk();
          promotions += 1;
        }
      },
    });
    assertLinearizable(calls);
    expect(promotions).toBeGreaterThan(0);
  }, 120_000);
});
