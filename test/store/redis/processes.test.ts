import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { need } from '../../aid/need.js';
import { startCluster } from '../../aid/redis/cluster.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { command } from '../../aid/redis/resp.js';
import { startSentinelGroup } from '../../aid/redis/sentinel.js';
import { type RedisOptions, type RedisServer, startRedis } from '../../aid/redis/server.js';
import { until } from '../../aid/redis/until.js';

const LEFT_ALONE = fileURLToPath(new URL('./left-alone.ts', import.meta.url));

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
    const { port, ca } = server;
    await expect(command({ port }, ['PING'])).rejects.toThrow();
    await expect(command({ port, ca, password: 'guess' }, ['PING'])).rejects.toThrow('WRONGPASS');
  });

  it('answers nobody while it is paused, and everybody who waited afterwards', async () => {
    const server = await redis();
    server.pause();
    expect(server.isUp).toBe(false);
    const answered: string[] = [];
    const asked = server.cli('PING').finally(() => answered.push('paused'));
    const other = await redis();
    await other.cli('PING').finally(() => answered.push('other'));
    expect(answered).toEqual(['other']);
    server.resume();
    expect(await asked).toBe('PONG');
  });

  it('has the data of its primary as a replica, and refuses writes', async () => {
    const primary = await redis({ password: 'sesame' });
    await primary.cli('SET', 'page', 'FrontPage');
    const replica = await redis({ replicaOf: primary, password: 'sesame' });
    expect(await replica.cli('GET', 'page')).toBe('FrontPage');
    await expect(replica.cli('SET', 'page', '')).rejects.toThrow('READONLY');
  });

  it('says why it does not start', async () => {
    await expect(redis({ args: ['--maxmemory', 'lots'] })).rejects.toThrow(/argument must be a memory value/);
  });

  it('is gone with its folder when the process that started it is killed', async () => {
    const program = spawn('node_modules/.bin/jiti', [LEFT_ALONE], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void program.kill('SIGKILL'));
    const [said] = await once(program.stdout, 'data');
    const [port, pid, , folder] = String(said).trim().split(/\s/) as [string, string, string, string];
    expect(existsSync(folder)).toBe(true);
    process.kill(Number(pid), 'SIGSTOP');
    program.kill('SIGKILL');
    await until('the folder is gone', () => !existsSync(folder));
    await expect(command({ port: Number(port) }, ['PING'])).rejects.toThrow(/ECONNRE(FUSED|SET)/);
  });
});

describe('a cluster', () => {
  it('fails over when a primary is killed, and takes the old one back as a replica', async () => {
    const cluster = await startCluster({ password: 'sesame' });
    onTestFinished(cluster.stop);
    const [replica] = await cluster.replicasOf('page');
    const old = await cluster.primaryOf('page');
    await old.cli('SET', 'page', 'FrontPage');
    await old.cli('WAIT', 1, 1_000);
    expect(await cluster.killPrimaryOf('page')).toBe(old);
    await cluster.waitUntilOk();
    expect(await cluster.primaryOf('page')).toBe(replica);
    expect(await replica?.cli('GET', 'page')).toBe('FrontPage');
    await old.restart();
    await cluster.waitUntilOk();
    expect(await cluster.replicasOf('page')).toEqual([old]);
  });

  it('moves a slot while its keys are read', async () => {
    const cluster = await startCluster({ nodeTimeout: 15_000 });
    onTestFinished(cluster.stop);
    const from = await cluster.primaryOf('{a}');
    const keys = Array.from({ length: 25 }, (_, number) => `{a}${number}`);
    for (const key of keys) await from.cli('SET', key, key);
    const to = cluster.nodes.find((node) => node !== from) as RedisServer;
    const asked: string[] = [];
    const whileHalfMoved = async () => {
      const sizes = await Promise.all([from, to].map((node) => node.cli('DBSIZE')));
      const answers = keys.map((key) => from.cli('GET', key).catch(({ message }) => message.split(' ')[0]));
      asked.push(
        `${sizes}, ${(await Promise.all(answers)).filter((answer) => answer === 'ASK').length} asks`,
      );
    };
    await cluster.moveSlot(await cluster.slotOf('{a}'), to, { keysAtATime: 10, whileHalfMoved });
    await cluster.waitUntilOk();
    expect(asked).toEqual(['25,0, 0 asks', '15,10, 10 asks', '5,20, 20 asks', '0,25, 25 asks']);
    expect(await cluster.primaryOf('{a}')).toBe(to);
  });
});

describe('a group under Sentinel', () => {
  it('fails over when its primary is killed', async () => {
    const group = await startSentinelGroup({ password: 'sesame' });
    onTestFinished(group.stop);
    const old = await group.primary();
    await old.cli('SET', 'page', 'FrontPage');
    await old.cli('WAIT', 2, 1_000);
    expect(await group.killPrimary()).toBe(old);
    const promoted = await group.waitForFailover();
    expect(promoted).not.toBe(old);
    expect(await promoted.cli('GET', 'page')).toBe('FrontPage');
  });
});
