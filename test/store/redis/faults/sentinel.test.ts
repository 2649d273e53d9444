import { createSentinel } from 'redis';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { need } from '../../../aid/need.js';
import { NO_REDIS } from '../../../aid/redis/process.js';
import { type SentinelGroup, startSentinelGroup } from '../../../aid/redis/sentinel.js';
import { CALLS, each, failureOf, outcomesOf } from './failure.js';
import { connectedStore, PASSWORD, storeAt, untilReplicated } from './stores.js';
import { addressOf, expectNoLoss, workDuring } from './work.js';

beforeEach((context) => need(context, NO_REDIS));

async function group(): Promise<SentinelGroup & { url: string }> {
  const started = await startSentinelGroup({ password: PASSWORD });
  onTestFinished(started.stop);
  return { ...started, url: addressOf(started) };
}

describe('a group under Sentinel whose primary', () => {
  it('is killed: calls fail until a replica is promoted, then all succeed', async () => {
    const servers = await group();
    const store = await connectedStore(servers.url);
    await untilReplicated(await servers.primary());
    const work = await workDuring(store, async () => {
      await servers.killPrimary();
      await servers.waitForFailover();
    });
    expect(work.outcomes.unreachable).toBeGreaterThan(0);
    await expectNoLoss(work, servers.url);
  });

  it('hangs: every call ends by its limit, and all succeed when a replica is promoted', async () => {
    const servers = await group();
    const store = await connectedStore(servers.url);
    const primary = await servers.primary();
    await untilReplicated(await servers.primary());
    const work = await workDuring(store, async () => {
      primary.pause();
      await servers.waitForFailover();
    });
    expect(work.outcomes.timeout).toBeGreaterThan(0);
    await expectNoLoss(work, servers.url);
    primary.resume();
    await servers.waitForFailover();
    expect(await outcomesOf(store, CALLS)).toEqual(each(CALLS, 'ok'));
  });

  it('is killed: a client of the application goes over as well', async () => {
    const servers = await group();
    await connectedStore(servers.url);
    const client = createSentinel({
      name: servers.name,
      sentinelRootNodes: [...servers.sentinels],
      nodeClientOptions: { password: PASSWORD },
      maxCommandRediscovers: 0,
    });
    client.on('error', () => {});
    onTestFinished(() => client.destroy());
    await client.connect();
    await untilReplicated(await servers.primary());
    const work = await workDuring(storeAt(client), async () => {
      await servers.killPrimary();
      await servers.waitForFailover();
    });
    await expectNoLoss(work, servers.url);
  });
});

it('sentinels that do not know the name of the primary are said to be unreachable, with their answer', async () => {
  const servers = await group();
  const store = storeAt(servers.url.replace(/[^/]*$/, 'another'));
  expect(await failureOf(store.open())).toBe('unreachable');
  await expect(store.open()).rejects.toThrow('No such master with that name');
});
