import { createServer } from 'node:http';
import express, { type ErrorRequestHandler } from 'express';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { createSessions } from '../../../../src/sessions.js';
import { RedisStoreError } from '../../../../src/store/redis/redis-error.js';
import { moinSessions } from '../../../../src/web/express.js';
import { need } from '../../../aid/need.js';
import { freePort, NO_REDIS } from '../../../aid/redis/process.js';
import type { RedisServer } from '../../../aid/redis/server.js';
import { until } from '../../../aid/redis/until.js';
import { SECRET } from '../../../aid/site.js';
import { TestUsers } from '../../../aid/users.js';
import { HttpBrowser } from '../../../aid/web/http-browser.js';
import { listen } from '../../../aid/web/listen.js';
import { redis, storeAt } from './stores.js';

const LIMIT = 1_000;

/** In ms: a request begins with one call to the store and ends with another, and a machine may be busy. */
const LONGEST = 2 * LIMIT + 1_000;

beforeEach((context) => need(context, NO_REDIS));

interface Site {
  server: RedisServer;
  /** Alice is logged in, and counted once. */
  alice: HttpBrowser;
  bob: HttpBrowser;
  errors: unknown[];
}

/** A page for users alone, which counts on POST. */
async function site(): Promise<Site> {
  const server = await redis({ persistence: 'aof' });
  const errors: unknown[] = [];
  const sessions = createSessions({
    store: storeAt(server.url, LIMIT),
    users: new TestUsers(),
    auth: ['moin_login', 'moin_session'],
    secrets: SECRET,
  });
  const app = express().use(moinSessions(sessions, { onError: (error) => errors.push(error) }));
  app.post('/count', ({ session }, response) => {
    session.set('count', Number(session.get('count') ?? 0) + 1);
    response.send('counted');
  });
  app.use(({ visit, session }, response) => {
    if (visit.user === null) response.status(401).send('who are you?');
    else response.send(`private of ${visit.user.name}: ${session.get('count')}`);
  });
  const fails: ErrorRequestHandler = (error, _request, response, _next) => {
    errors.push(error);
    response.status(503).send('later');
  };
  await until('the site is open', () => sessions.open().then(() => true));
  const { origin, close } = await listen(createServer(app.use(fails)));
  onTestFinished(() => close().then(() => {}));
  const [alice, bob] = [new HttpBrowser(origin), new HttpBrowser(origin)];
  expect(await login(alice, 'alice')).toBe(200);
  expect(await count(alice)).toBe(200);
  errors.length = 0;
  return { server, alice, bob, errors };
}

const signal = () => AbortSignal.timeout(LONGEST);
const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) });

async function login(browser: HttpBrowser, name: string): Promise<number> {
  const response = await browser.fetch('/login', {
    ...form({ login: '1', name, password: name }),
    signal: signal(),
  });
  return response.status;
}

async function logout(browser: HttpBrowser): Promise<number> {
  return (await browser.fetch('/logout', { ...form({ logout: '1' }), signal: signal() })).status;
}

async function count(browser: HttpBrowser): Promise<number> {
  return (await browser.fetch('/count', { method: 'POST', signal: signal() })).status;
}

async function page(browser: HttpBrowser): Promise<string> {
  const response = await browser.fetch('/', { signal: signal() });
  return `${response.status} ${await response.text()}`;
}

/** Every failure reached the application as a typed error of these kinds. */
function expectProblems(errors: unknown[], ...problems: string[]): void {
  expect(errors.length).toBeGreaterThan(0);
  for (const error of errors) expect(error).toBeInstanceOf(RedisStoreError);
  expect(problems).toEqual(expect.arrayContaining(errors.map((error) => (error as RedisStoreError).problem)));
}

/** What nobody may get while the store cannot be asked: a page, a session, a cookie. */
async function expectClosed({ alice, bob }: Site): Promise<void> {
  expect(await page(alice)).toBe('503 later');
  expect(await Promise.all([count(alice), count(alice), login(bob, 'bob')])).toEqual([503, 503, 503]);
  expect(bob.cookie).toBe('');
  expect(await page(bob)).toBe('401 who are you?');
}

/** The very next requests work, in the same process. */
async function expectOpen({ alice, bob }: Site): Promise<void> {
  expect(await page(alice)).toMatch(/^200 private of alice: \d+$/);
  expect(await count(alice)).toBe(200);
  expect(await page(bob)).toBe('401 who are you?');
  expect(await login(bob, 'bob')).toBe(200);
  expect(await page(bob)).toBe('200 private of bob: undefined');
}

it('Redis is down: 5xx within the limit, nobody is let in, and all is well when it is back', async () => {
  const running = await site();
  await running.server.kill();
  await expectClosed(running);
  expect(await logout(running.alice)).toBe(503);
  expectProblems(running.errors, 'unreachable');
  await running.server.restart();
  expect(await page(running.alice)).toBe('200 private of alice: 1');
  await expectOpen(running);
});

it('Redis hangs: 5xx within the limit, nobody is let in, and all is well when it goes on', async () => {
  const running = await site();
  running.server.pause();
  await expectClosed(running);
  expectProblems(running.errors, 'timeout');
  running.server.resume();
  await expectOpen(running);
});

it('Redis is read-only: pages are served, changes, logins and logouts are 5xx, and work afterwards', async () => {
  const running = await site();
  const { server, alice, bob, errors } = running;
  await server.cli('REPLICAOF', '127.0.0.1', await freePort());
  expect(await page(alice)).toBe('200 private of alice: 1');
  expect(await Promise.all([count(alice), login(bob, 'bob')])).toEqual([500, 503]);
  expect(bob.cookie).toBe('');
  expect(await page(bob)).toBe('401 who are you?');
  expect(await logout(alice)).toBe(503);
  expectProblems(errors, 'read-only');
  await server.cli('REPLICAOF', 'NO', 'ONE');
  await expectOpen(running);
});

it('Redis forgets a session: its user is a stranger, with a cookie that opens nothing', async () => {
  const { server, alice } = await site();
  await server.cli('FLUSHALL');
  expect(await page(alice)).toBe('401 who are you?');
  expect(alice.cookie).toBe('');
});
