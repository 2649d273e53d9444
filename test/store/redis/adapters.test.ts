import { afterAll, beforeAll, beforeEach } from 'vitest';
import { RedisStore } from '../../../src/store/redis/store.js';
import { need } from '../../aid/need.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { type RedisServer, startRedis } from '../../aid/redis/server.js';
import { watched } from '../../aid/watched-store.js';
import { describeAdapter } from '../../aid/web/adapter.js';
import { express5App } from '../../aid/web/apps/express.js';
import { fastifyApp } from '../../aid/web/apps/fastify.js';
import { fetchApp } from '../../aid/web/apps/fetch.js';
import { honoApp } from '../../aid/web/apps/hono.js';
import { nodeApp } from '../../aid/web/apps/node.js';

const WatchedRedisStore = watched(RedisStore);

let server: RedisServer;
let stores = 0;

beforeAll(async () => {
  if (NO_REDIS === null) server = await startRedis();
});
beforeEach((context) => need(context, NO_REDIS));
afterAll(() => server?.stop());

const newStore = () => new WatchedRedisStore(server.url, { prefix: `test-${stores++}:`, timeout: 20_000 });

describeAdapter('Express 5, on Redis', express5App, newStore);
describeAdapter('Fastify, on Redis', fastifyApp, newStore);
describeAdapter('bare http, on Redis', nodeApp, newStore);
describeAdapter('Hono, on Redis', honoApp, newStore);
describeAdapter('Request and Response, on Redis', fetchApp, newStore);
