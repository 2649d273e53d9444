import { createClient } from 'redis';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { need } from '../../../aid/need.js';
import { increment } from '../../../aid/records.js';
import { startCluster } from '../../../aid/redis/cluster.js';
import { NO_REDIS } from '../../../aid/redis/process.js';
import { startSentinelGroup } from '../../../aid/redis/sentinel.js';
import type { RedisServer } from '../../../aid/redis/server.js';
import { clientsOf, untilUnread } from '../../../aid/redis/unread.js';
import { failureOf } from './failure.js';
import { A, connectedStore, PASSWORD, PATIENT, redis, storeAt } from './stores.js';
import { addressOf } from './work.js';

beforeEach((context) => need(context, NO_REDIS));

/**
 * Updates A while the server is paused, and has it cut all connections as the next thing after the update: the update is
 * done, and nobody hears of it.
 */
async function updateWithoutAnswer(url: string, server: RedisServer): Promise<void> {
  await connectedStore(url);
  const store = storeAt(url, PATIENT);
  await store.find(A);
  const clients = await clientsOf(server);
  const cutter = await createClient({ url: server.url }).connect();
  onTestFinished(() => cutter.destroy());
  const cutters = (await clientsOf(server)).filter((port) => !clients.includes(port));
  server.pause();
  const update = failureOf(store.update(A, increment), PATIENT);
  await untilUnread(server, clients);
  const cut = cutter.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
  await untilUnread(server, cutters);
  server.resume();
  await cut;
  expect(await update).toBe('unreachable');
  expect(await store.find(A)).toMatchObject({ revision: 2, data: { n: 1 } });
}

it('a change whose answer was lost is done once: one server', async () => {
  const server = await redis();
  await updateWithoutAnswer(server.url, server);
});

it('a change whose answer was lost is done once: a cluster', async () => {
  const cluster = await startCluster({ password: PASSWORD });
  onTestFinished(cluster.stop);
  await updateWithoutAnswer(cluster.url, await cluster.primaryOf(`moin-sessions:s:${A}`));
});

it('a change whose answer was lost is done once: a group under Sentinel', async () => {
  const group = await startSentinelGroup({ password: PASSWORD, downAfter: 10_000 });
  onTestFinished(group.stop);
  await updateWithoutAnswer(addressOf(group), await group.primary());
});
