import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { need } from '../../../aid/need.js';
import { NO_REDIS } from '../../../aid/redis/process.js';
import { startSlowProxy } from '../../../aid/redis/slow-proxy.js';
import { CALLS, each, failureOf, outcomeOf, outcomesOf, READS, WRITES } from './failure.js';
import { A, connectedStore, LIMIT, PATIENT, redis, storeAt } from './stores.js';

beforeEach((context) => need(context, NO_REDIS));

async function behindNetwork() {
  const server = await redis();
  const network = await startSlowProxy(server.port);
  onTestFinished(network.stop);
  const url = server.url.replace(String(server.port), String(network.port));
  return { network, url, store: await connectedStore(url) };
}

it('a network that is slow, but faster than the limit, fails nothing', async () => {
  const { network, url } = await behindNetwork();
  network.set({ latencyUp: 40, latencyDown: 40 });
  expect(await outcomesOf(storeAt(url, PATIENT), CALLS, PATIENT)).toEqual(each(CALLS, 'ok'));
});

it('a network that is slower than the limit fails every call in time', async () => {
  const { network, store } = await behindNetwork();
  network.set({ latencyDown: 10 * LIMIT });
  expect(await outcomesOf(store, CALLS)).toEqual(each(CALLS, 'timeout'));
});

it('a network that swallows a connection without a word costs one limit; then another one is opened', async () => {
  const { network, store } = await behindNetwork();
  network.set({ mode: 'swallow' });
  expect(await failureOf(store.find(A))).toBe('timeout');
  network.set({ mode: 'pass' });
  // The connection opened meanwhile hangs as well: its call is the last that does.
  await outcomeOf(store.find(A));
  expect(await outcomesOf(store, CALLS)).toEqual(each(CALLS, 'ok'));
});

it('a network that cuts connections fails changes under way at once, and nothing else', async () => {
  const { network, store } = await behindNetwork();
  network.set({ latencyDown: 50 });
  const outcomes = outcomesOf(store, { ...READS, update: WRITES.update });
  network.cut();
  network.set({ latencyDown: 0 });
  expect(await outcomes).toEqual({ ...each(READS, 'ok'), update: 'unreachable' });
  network.set({ mode: 'refuse' });
  network.cut();
  expect(await outcomesOf(store, CALLS)).toEqual(each(CALLS, 'unreachable'));
});
