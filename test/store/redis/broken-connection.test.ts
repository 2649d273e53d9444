import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { RedisStore } from '../../../src/store/redis/store.js';
import { need } from '../../aid/need.js';
import { aRecord, idOf, increment } from '../../aid/records.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { startSlowProxy } from '../../aid/redis/slow-proxy.js';
import { until } from '../../aid/redis/until.js';
import { redisSite } from './site.js';

beforeEach((context) => need(context, NO_REDIS));

const A = idOf('a');
const NEVER = 60_000;

/** A store behind a network that the test breaks, and one beside it. */
async function behindProxy(timeout = 10_000) {
  const site = await redisSite();
  const proxy = await startSlowProxy(site.server.port);
  onTestFinished(proxy.stop);
  const store = new RedisStore(`redis://127.0.0.1:${proxy.port}`, { prefix: 'site:', timeout });
  onTestFinished(() => store.close());
  const direct = site.open();
  await store.create(aRecord('a', { data: { n: 0 } }));
  return { ...site, proxy, store, direct };
}

describe('a connection that breaks before the answer', () => {
  it('I1: a write that Redis had done is not repeated; its caller hears that nobody knows', async () => {
    const { proxy, store, direct } = await behindProxy();
    proxy.set({ latencyDown: NEVER });
    const stepped = store.update(A, increment);
    stepped.catch(() => {});
    await until('Redis has done it', async () => (await direct.find(A))?.revision === 2);
    proxy.set({ latencyDown: 0 });
    proxy.cut();
    await expect(stepped).rejects.toThrow(/may or may not have been saved/);
    expect(await store.update(A, increment)).toMatchObject({ revision: 3, data: { n: 2 } });
  });

  it('a read is repeated', async () => {
    const { proxy, store } = await behindProxy();
    proxy.resetCounts();
    proxy.set({ latencyDown: NEVER });
    const found = store.find(A);
    await until('the command is under way', () => proxy.counts().bytesUp > 0);
    proxy.set({ latencyDown: 0 });
    proxy.cut();
    expect(await found).toMatchObject({ data: { n: 0 } });
  });

  it('a client that does not answer in time is given up, and the next call has another one', async () => {
    const { proxy, store } = await behindProxy(300);
    proxy.set({ mode: 'swallow' });
    await expect(store.find(A)).rejects.toThrow(/did not answer within 300 ms/);
    proxy.set({ mode: 'pass' });
    expect(await store.find(A)).toMatchObject({ data: { n: 0 } });
  });
});
