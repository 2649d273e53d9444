import { PATHS, requests } from './http.mjs';
import { operations } from './one-session.mjs';
import { startRedis } from './redis.mjs';
import { show } from './report.mjs';
import { send, startSite } from './site.mjs';

const KINDS = ['bare', 'connect-redis', 'moin-sessions, Redis'];
const STORES = ['connect-redis', 'Redis store, first seen', 'Redis store, seen a moment ago'];

/** Our Redis store beside connect-redis, on the same server and with the same version of the client. */
export async function redisStore(options) {
  const redis = await startRedis();
  if (redis === null) return [];
  const results = [
    ...(await operations(STORES, { ...options, id: 'redis', redisUrl: redis.url })),
    ...(await requests('express', KINDS, { ...options, id: 'redis/http', redisUrl: redis.url })),
    await serverCost(redis, options),
  ];
  redis.stop();
  return results;
}

/** What a request asks of Redis: commands, which are round trips one after the other, and CPU time of the server. */
async function serverCost(redis, { seconds }) {
  const contestants = {};
  for (const kind of KINDS.filter((one) => one !== 'bare')) {
    const site = await startSite('express', kind, { redisUrl: redis.url });
    for (const [name, path] of Object.entries(PATHS)) {
      await send(site, path, { duration: seconds / 4 });
      const before = await usage(redis.client);
      const { total } = await send(site, path, { duration: seconds });
      const after = await usage(redis.client);
      const each = (key) => (after[key] - before[key]) / total;
      contestants[`${kind}, ${name}`] = { commands: each('commands'), cpu: each('cpu') };
    }
    await site.stop();
  }
  const title = 'Commands that a request sends to Redis, and CPU time of redis-server';
  const result = { id: 'redis/server', title, contestants };
  show(result);
  return result;
}

/** What a server has done so far: commands that clients sent, and microseconds of its process. */
async function usage(client) {
  const stats = await client.info('commandstats');
  const cpu = await client.info('cpu');
  const calls = (name) => Number(new RegExp(`^cmdstat_${name}:calls=(\\d+)`, 'm').exec(stats)?.[1] ?? 0);
  const seconds = (name) => Number(new RegExp(`^used_cpu_${name}:([\\d.]+)`, 'm').exec(cpu)[1]);
  const scripts = calls('evalsha') + calls('eval');
  const all = ['get', 'set', 'expire', 'del', 'zadd'].reduce((sum, name) => sum + calls(name), scripts);
  // A save's script runs one GET and one SET, which nobody sends.
  return { commands: all - 2 * scripts, cpu: 1e6 * (seconds('sys') + seconds('user')) };
}
