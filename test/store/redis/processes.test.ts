import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { need } from '../../aid/need.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { type RedisOptions, startRedis } from '../../aid/redis/server.js';

beforeEach((context) => need(context, NO_REDIS));

async function redis(options?: RedisOptions) {
  const server = await startRedis(options);
  onTestFinished(server.stop);
  return server;
}

describe('one server', () => {
  it('keeps what it acknowledged when it is killed and restarted, with an append-only file', async () => {
    const server = await redis({ persistence: 'aof', password: 'open sesame' });
    await server.cli('SET', 'page', 'Frönt Page');
    await server.kill();
    expect(server.isUp).toBe(false);
    await server.restart();
    expect(await server.cli('GET', 'page')).toBe('Frönt Page');
  });

  it('has nothing after a restart without one', async () => {
    const server = await redis();
    await server.cli('SET', 'page', 'FrontPage');
    await server.restart();
    expect(await server.cli('DBSIZE')).toBe('0');
  });

  it('answers over TLS, and to the right password alone', async () => {
    const server = await redis({ tls: true, password: 'sesame' });
    expect(server.url).toBe(`rediss://:sesame@127.0.0.1:${server.port}`);
    expect(await server.cli('PING')).toBe('PONG');
  });
});
