import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { need } from '../../aid/need.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { command } from '../../aid/redis/resp.js';
import { startRedis } from '../../aid/redis/server.js';
import { type Conditions, startSlowProxy } from '../../aid/redis/slow-proxy.js';
import { until } from '../../aid/redis/until.js';

beforeEach((context) => need(context, NO_REDIS));

async function behindProxy(conditions?: Partial<Conditions>) {
  const server = await startRedis();
  onTestFinished(server.stop);
  const proxy = await startSlowProxy(server.port, conditions);
  onTestFinished(proxy.stop);
  const ask = (...words: string[]) => command({ port: proxy.port }, words);
  return { server, proxy, ask };
}

async function time(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

it('delays each direction, also when the delay changes under way', async () => {
  const { proxy, ask } = await behindProxy({ latencyUp: 60 });
  expect(await time(() => ask('PING'))).toBeGreaterThanOrEqual(59);
  proxy.set({ latencyDown: 90 });
  expect(await time(() => ask('PING'))).toBeGreaterThanOrEqual(149);
  proxy.set({ latencyUp: 0, latencyDown: 0 });
  expect(await ask('PING')).toBe('PONG');
});

it('limits bandwidth, and loses nothing and no order', async () => {
  const { server, ask } = await behindProxy({ bytesPerSecond: 400_000 });
  const text = Array.from({ length: 20_000 }, (_, number) => number).join();
  await server.cli('SET', 'page', text);
  let read = '';
  const took = await time(async () => {
    read = await ask('GET', 'page');
  });
  expect(read).toBe(text);
  expect(took).toBeGreaterThanOrEqual((1_000 * text.length) / 400_000 - 1);
});

it('swallows: accepts connections and passes nothing on', async () => {
  const { proxy, ask } = await behindProxy({ mode: 'swallow' });
  const asked = ask('PING').catch((error: Error) => error.message);
  await until('the connection is accepted', () => proxy.counts().connections === 1);
  proxy.cut();
  expect(await asked).toBe(`port ${proxy.port} closed the connection`);
  expect(proxy.counts()).toMatchObject({ bytesUp: 0, bytesDown: 0 });
  proxy.set({ mode: 'pass' });
  expect(await ask('PING')).toBe('PONG');
});

it('refuses new connections', async () => {
  const { proxy, ask } = await behindProxy();
  proxy.set({ mode: 'refuse' });
  await expect(ask('PING')).rejects.toThrow(/closed|ECONNRESET|EPIPE/);
});

it('counts connections, bytes and round trips: requests that are sent at once are one', async () => {
  const { proxy } = await behindProxy();
  const client = connect(proxy.port, '127.0.0.1');
  onTestFinished(() => void client.destroy());
  client.write('PING\r\n');
  await once(client, 'data');
  client.write('PING\r\nPING\r\n');
  await until('both are answered', () => proxy.counts().bytesDown === 21);
  expect(proxy.counts()).toEqual({ connections: 1, bytesUp: 18, bytesDown: 21, turns: 2 });
  proxy.resetCounts();
  expect(proxy.counts()).toEqual({ connections: 0, bytesUp: 0, bytesDown: 0, turns: 0 });
});
