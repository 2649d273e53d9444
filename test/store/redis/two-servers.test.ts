import { createServer } from 'node:http';
import express from 'express';
import session from 'express-session';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { changeBack, changeUser, openStore, type Sessions } from '../../../src/index.js';
import { moinSessions } from '../../../src/web/express.js';
import { MoinStore } from '../../../src/web/express-session/store.js';
import { type Balancer, startBalancer } from '../../aid/balancer.js';
import { need } from '../../aid/need.js';
import { all, onlyRecord } from '../../aid/records.js';
import { type Machines, twoMachines } from '../../aid/redis/machines.js';
import { NO_REDIS } from '../../aid/redis/process.js';
import { type RedisServer, startRedis } from '../../aid/redis/server.js';
import { ALICE } from '../../aid/route.js';
import { HttpBrowser } from '../../aid/web/http-browser.js';
import { listen } from '../../aid/web/listen.js';

let server: RedisServer;

beforeAll(async () => {
  if (NO_REDIS === null) server = await startRedis();
});
beforeEach((context) => need(context, NO_REDIS));
afterAll(() => server?.stop());

const increment = (count?: unknown) => Number(count ?? 0) + 1;

function application(sessions: Sessions): express.Express {
  const app = express();
  app.use(moinSessions(sessions));
  app.get('/', ({ visit: { user, realUser } }, response) => {
    response.json([user?.name ?? null, realUser?.name ?? null]);
  });
  app.get('/update', async ({ session }, response) => {
    response.json(await session.update('count', increment));
  });
  app.get('/set/:key', ({ session, params }, response) => {
    session.set(params.key as string, true);
    response.end();
  });
  app.post('/join', async ({ visit }, response) => void response.json(await visit.logIn(ALICE)));
  app.post('/rotate', async ({ session }, response) => {
    await session.rotate();
    response.end();
  });
  app.post('/be/:name', async ({ visit, params }, response) => {
    await (params.name === 'back' ? changeBack(visit) : changeUser(visit, params.name as string));
    response.end();
  });
  return app;
}

const post = { method: 'POST' };

describe('two servers on one Redis, over HTTP', () => {
  let site: Machines;
  let origins: string[];
  /** In front of both: each request goes to the next. */
  let proxy: Balancer;

  beforeEach(async () => {
    site = await twoMachines(server, { superuser: ['alice'] });
    onTestFinished(site.close);
    const servers = await Promise.all(site.sessions.map((each) => listen(createServer(application(each)))));
    onTestFinished(async () => void (await Promise.all(servers.map(({ close }) => close()))));
    origins = servers.map(({ origin }) => origin);
    proxy = await startBalancer(origins);
    onTestFinished(async () => void (await proxy.close()));
  });

  const person = () => new HttpBrowser(proxy.origin);

  it('I1: update() from both at once loses no step, and each request has a number of its own', async () => {
    const browser = person();
    expect((await browser.fetch('/join', post)).status).toBe(200);
    const counts = await Promise.all(Array.from({ length: 30 }, () => browser.json('/update')));
    expect(counts.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
  });

  it('a route login, a change of user and back: each is there on the other server', async () => {
    const browser = person();
    await browser.fetch('/');
    await browser.fetch('/set/cart');
    expect(await (await browser.fetch('/join', post)).json()).toBe('accepted');
    expect(await browser.json('/')).toEqual(['alice', 'alice']);
    await browser.fetch('/be/bob', post);
    expect(await Promise.all([browser.json('/'), browser.json('/')])).toEqual(
      [1, 2].map(() => ['bob', 'alice']),
    );
    await browser.fetch('/be/back', post);
    expect(await Promise.all([browser.json('/'), browser.json('/')])).toEqual(
      [1, 2].map(() => ['alice', 'alice']),
    );
    expect((await onlyRecord(site.store)).data).toEqual({ cart: true });
  });

  it('two route logins of one visitor at once: the data moves along once, and both cookies are of the user', async () => {
    const browser = person();
    await browser.fetch('/');
    await browser.fetch('/set/cart');
    const { cookie } = browser;
    const logIn = (origin: string) =>
      fetch(`${origin}/join`, { ...post, headers: { cookie } }).then((response) =>
        response.headers.getSetCookie(),
      );
    const cookies = (await Promise.all(origins.map(logIn))).map(([field]) => field?.split(';')[0] ?? '');
    for (const own of cookies) {
      const seen = await fetch(`${origins[0]}/`, { headers: { cookie: own } });
      expect(await seen.json()).toEqual(['alice', 'alice']);
    }
    const records = await all(site.store.scan());
    expect(records.map(({ record }) => record?.kind)).toEqual(['user', 'user']);
    expect(records.filter(({ record }) => record?.data.cart === true)).toHaveLength(1);
  });

  it('I2: rotations on both at once leave one session, under one of the two cookies, and nothing of the old', async () => {
    const browser = person();
    await browser.fetch('/join', post);
    await browser.fetch('/set/cart');
    const old = browser.cookie;
    const rotate = (origin: string) =>
      fetch(`${origin}/rotate`, { ...post, headers: { cookie: old } }).then(({ headers }) =>
        headers.getSetCookie(),
      );
    const cookies = (await Promise.all(origins.map(rotate))).flat().map((field) => field.split(';')[0] ?? '');
    const record = await onlyRecord(site.store);
    expect(record.data).toEqual({ cart: true });
    const users = [];
    for (const cookie of [...cookies, old]) {
      const seen = await fetch(`${origins[1]}/`, { headers: { cookie } });
      users.push(((await seen.json()) as unknown[])[0]);
    }
    expect(users.filter((user) => user === 'alice')).toHaveLength(1);
    expect(users.at(-1)).toBeNull();
  });

  it('requests of many people at once on both: nobody gets the session of another', async () => {
    const people = Array.from({ length: 20 }, person);
    await Promise.all(
      people.map(async (browser, n) => {
        await browser.fetch('/');
        await browser.fetch(`/set/own-${n}`);
        await Promise.all([
          browser.fetch('/update'),
          browser.fetch(`/set/more-${n}`),
          browser.fetch('/update'),
        ]);
      }),
    );
    const found = (await all(site.store.scan())).map(({ record }) => Object.keys(record?.data ?? {}).sort());
    const expected = people.map((_, n) => ['count', `more-${n}`, `own-${n}`].sort());
    expect(found.map(String).sort()).toEqual(expected.map(String).sort());
  });
});

describe('express-session on two servers, by MoinStore on one Redis', () => {
  async function serve(store: MoinStore): Promise<string> {
    onTestFinished(() => store.close());
    const app = express();
    const secret = 'a secret of the tests, 32 bytes or more';
    app.use(session({ store, secret, resave: false, saveUninitialized: true }) as never);
    type Own = { session: Record<string, unknown> & { destroy(done: () => void): void } };
    app.get('/set/:key', (request, response) => {
      (request as never as Own).session[request.params.key as string] = true;
      response.end();
    });
    app.get('/', (request, response) => {
      const { cookie: _, ...values } = (request as never as Own).session;
      response.json(Object.keys(values).sort());
    });
    app.get('/destroy', (request, response) =>
      (request as never as Own).session.destroy(() => response.end()),
    );
    const running = await listen(createServer(app));
    onTestFinished(async () => void (await running.close()));
    return running.origin;
  }

  it('I1 I2: requests at once on both all win, and a session that one destroyed stays gone on the other', async () => {
    const where = `${server.url}?prefix=express-session/&timeout=20000`;
    const one = await serve(new MoinStore(where));
    const other = await serve(new MoinStore(await openStore(where)));
    const proxy = await startBalancer([one, other]);
    onTestFinished(async () => void (await proxy.close()));
    const browser = new HttpBrowser(proxy.origin);
    await browser.fetch('/set/first');
    const { cookie } = browser;
    const keys = Array.from({ length: 12 }, (_, n) => `key-${n}`);
    await Promise.all(
      keys.map((key, n) => fetch(`${n % 2 ? one : other}/set/${key}`, { headers: { cookie } })),
    );
    const seenBy = async (origin: string) => (await fetch(`${origin}/`, { headers: { cookie } })).json();
    expect(await Promise.all([one, other].map(seenBy))).toEqual([1, 2].map(() => ['first', ...keys].sort()));
    await fetch(`${other}/destroy`, { headers: { cookie } });
    expect(await seenBy(one)).toEqual([]);
  });
});
