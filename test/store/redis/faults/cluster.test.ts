import { createCluster } from 'redis';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { RedisClient } from '../../../../src/store/redis/link.js';
import { count } from '../../../../src/testing/store/records.js';
import { need } from '../../../aid/need.js';
import { aRecord, idOf, increment } from '../../../aid/records.js';
import { type RedisCluster, startCluster } from '../../../aid/redis/cluster.js';
import { NO_REDIS } from '../../../aid/redis/process.js';
import { CALLS, each, outcomeOf, outcomesOf } from './failure.js';
import { A, connectedStore, PASSWORD, PATIENT, storeAt, untilReplicated } from './stores.js';
import { expectNoLoss, workDuring } from './work.js';

const KEY = `moin-sessions:s:${A}`;

beforeEach((context) => need(context, NO_REDIS));

async function cluster(): Promise<RedisCluster> {
  const started = await startCluster({ password: PASSWORD });
  onTestFinished(started.stop);
  return started;
}

/** A client of the application, with its defaults. */
async function applicationClient({ nodes }: RedisCluster): Promise<RedisClient> {
  const client = createCluster({
    rootNodes: nodes.map(({ port }) => ({ socket: { host: '127.0.0.1', port } })),
    defaults: { password: PASSWORD },
  });
  client.on('error', () => {});
  onTestFinished(() => client.destroy());
  return client.connect();
}

/** The name of a session that lies on another primary than A. */
async function elsewhere(servers: RedisCluster): Promise<string> {
  const { port } = await servers.primaryOf(KEY);
  for (let number = 0; ; number++) {
    const primary = await servers.primaryOf(`moin-sessions:s:${idOf(`b${number}`)}`);
    if (primary.port !== port) return `b${number}`;
  }
}

describe('a cluster whose primary', () => {
  it('is killed: calls fail until a replica takes over, then all succeed', async () => {
    const servers = await cluster();
    const store = await connectedStore(servers.url);
    await untilReplicated(await servers.primaryOf(KEY));
    const work = await workDuring(store, async () => {
      await servers.killPrimaryOf(KEY);
      await servers.waitUntilOk();
    });
    expect(work.outcomes.unreachable).toBeGreaterThan(0);
    await expectNoLoss(work, servers.url);
  });

  it('hangs: every call ends by its limit, and all succeed when a replica has taken over', async () => {
    const servers = await cluster();
    const store = await connectedStore(servers.url);
    const primary = await servers.primaryOf(KEY);
    await untilReplicated(await servers.primaryOf(KEY));
    const work = await workDuring(store, async () => {
      primary.pause();
      await servers.waitUntilOk();
    });
    expect(work.outcomes.timeout).toBeGreaterThan(0);
    await expectNoLoss(work, servers.url);
    primary.resume();
    await servers.waitUntilOk();
    expect(await outcomesOf(store, CALLS)).toEqual(each(CALLS, 'ok'));
  });

  it('is killed: a client of the application goes over as well', async () => {
    const servers = await cluster();
    await connectedStore(servers.url);
    const store = storeAt(await applicationClient(servers));
    await untilReplicated(await servers.primaryOf(KEY));
    const work = await workDuring(store, async () => {
      await servers.killPrimaryOf(KEY);
      await servers.waitUntilOk();
    });
    await expectNoLoss(work, servers.url);
  });

  it('hangs: a client of the application ends every call by its limit, the sessions of other nodes go on, and all succeed afterwards', async () => {
    const servers = await cluster();
    await connectedStore(servers.url);
    const primary = await servers.primaryOf(KEY);
    const b = await elsewhere(servers);
    const store = storeAt(await applicationClient(servers));
    const patient = storeAt(await applicationClient(servers), PATIENT);
    await patient.create(aRecord(b));
    await untilReplicated(primary);
    let goesOn = 0;
    const work = await workDuring(store, async () => {
      primary.pause();
      const taken = servers.waitUntilOk().then(() => true);
      do {
        expect(await outcomeOf(patient.update(idOf(b), increment), PATIENT)).toBe('ok');
        goesOn += 1;
      } while (!(await Promise.race([taken, new Promise(setImmediate)])));
    });
    expect(work.outcomes.timeout).toBeGreaterThan(0);
    expect(count(await patient.find(idOf(b)))).toBe(goesOn);
    await expectNoLoss(work, servers.url);
    expect(await outcomesOf(store, CALLS)).toEqual(each(CALLS, 'ok'));
  });

  it('is killed without a replica: its sessions fail as moving or unreachable until it is back, the others work', async () => {
    const servers = await cluster();
    const store = await connectedStore(servers.url);
    for (const replica of await servers.replicasOf(KEY)) await replica.kill();
    const primary = await servers.killPrimaryOf(KEY);
    const outcomes = await outcomesOf(store, { find: CALLS.find, update: CALLS.update });
    for (const outcome of Object.values(outcomes)) expect(['moving', 'unreachable']).toContain(outcome);
    await primary.restart();
    await servers.waitUntilOk();
    await expect(store.find(A)).resolves.toBeNull();
  });
});
