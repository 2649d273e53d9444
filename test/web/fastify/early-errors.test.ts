import { setImmediate as nextTurn } from 'node:timers/promises';
import Fastify, { type FastifyInstance, type FastifyRequest, type InjectOptions } from 'fastify';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AuthMethod } from '../../../src/auth/method.js';
import { moinSessions } from '../../../src/web/fastify.js';
import { onlyRecord } from '../../aid/records.js';
import { makeSite, type Site } from '../../aid/site.js';

let site: Site;
let app: FastifyInstance;
let headers: { cookie: string };

const JSON_TYPE = { 'content-type': 'application/json' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** Counts errors in the session. The visitor has a cookie already. */
beforeEach(async () => {
  site = makeSite();
  app = Fastify({ bodyLimit: 100 });
  await app.register(moinSessions, { sessions: site.sessions });
  app.addHook('onRequest', async ({ url }) => {
    if (url === '/hook') throw new Error('a hook failed');
  });
  app.addHook('preParsing', async ({ url }) => {
    if (url === '/parsing') throw new Error('a hook failed');
  });
  const count = ({ session }: FastifyRequest, key: string) =>
    session.set(key, Number(session.get(key) ?? 0) + 1);
  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    count(request, 'errors');
    return reply.code(error.statusCode ?? 500).send(request.visit.user?.name ?? 'nobody');
  });
  app.setNotFoundHandler((request, reply) => {
    count(request, 'lost');
    return reply.code(404).send('where?');
  });
  app.get('/', async () => 'home');
  app.get('/fail', async () => {
    throw new Error('the handler failed');
  });
  for (const path of ['/', '/login', '/hook', '/parsing']) app.post(path, async () => 'posted');
  const cookie = String((await app.inject('/')).headers['set-cookie']).split(';')[0] ?? '';
  headers = { cookie };
});

const CASES: [string, number, InjectOptions][] = [
  ['malformed JSON', 400, { method: 'POST', url: '/', payload: '{', headers: JSON_TYPE }],
  ['empty JSON', 400, { method: 'POST', url: '/', payload: '', headers: JSON_TYPE }],
  ['malformed JSON of a login', 400, { method: 'POST', url: '/login', payload: '{', headers: JSON_TYPE }],
  [
    'a body that is too large',
    413,
    { method: 'POST', url: '/', payload: `"${'x'.repeat(100)}"`, headers: JSON_TYPE },
  ],
  [
    'a type that nobody parses',
    415,
    { method: 'POST', url: '/', payload: 'x', headers: { 'content-type': 'x/y' } },
  ],
  [
    'a form that is cut short',
    400,
    { method: 'POST', url: '/login', payload: 'a=1', headers: { ...FORM, 'content-length': '9' } },
  ],
  ['an onRequest hook that throws', 500, { method: 'POST', url: '/hook' }],
  ['a preParsing hook that throws', 500, { method: 'POST', url: '/parsing' }],
  ['a handler that throws', 500, { method: 'GET', url: '/fail' }],
];

describe('spec 5: error handlers of Fastify have a session, too', () => {
  it.each(CASES)('%s is a %d, and what the error handler sets is saved', async (_name, status, options) => {
    const init = { ...options, headers: { ...options.headers, ...headers } };
    for (const errors of [1, 2]) {
      const response = await app.inject(init);
      expect([response.statusCode, response.payload]).toEqual([status, 'nobody']);
      expect((await onlyRecord(site.store)).data).toEqual({ errors });
    }
  });

  it.each(['GET', 'POST'] as const)(
    'a %s to nowhere: the handler has a session, and a login is none',
    async (method) => {
      const response = await app.inject({ method, url: '/nowhere', headers });
      expect([response.statusCode, response.payload]).toEqual([404, 'where?']);
      expect((await onlyRecord(site.store)).data).toEqual({ lost: 1 });
    },
  );

  it('a user stays known to it; a body that cannot be parsed logs nobody in or out', async () => {
    const login = { method: 'POST' as const, url: '/login', payload: 'login=1&name=alice&password=alice' };
    const cookie =
      String((await app.inject({ ...login, headers: FORM })).headers['set-cookie']).split(';')[0] ?? '';
    const broken = { ...login, payload: '{"logout":true', headers: { ...JSON_TYPE, cookie } };
    expect((await app.inject(broken)).payload).toBe('alice');
    expect((await app.inject({ ...broken, headers: JSON_TYPE })).payload).toBe('nobody');
  });

  it('a logout by its path alone does not happen when its body cannot be parsed', async () => {
    app = Fastify();
    const form = (_body: unknown, { url }: FastifyRequest) => ({ logout: url === '/logout' });
    await app.register(moinSessions, { sessions: site.sessions, form });
    app.setErrorHandler((_error, request, reply) =>
      reply.code(400).send(request.visit.user?.name ?? 'nobody'),
    );
    app.post('/logout', async () => 'out');
    const browser = site.browser();
    await browser.logIn('alice');
    const broken = {
      method: 'POST' as const,
      url: '/logout',
      payload: '{',
      headers: { ...JSON_TYPE, cookie: `MOIN_SESSION=${browser.cookie}` },
    };
    expect((await app.inject(broken)).payload).toBe('alice');
  });

  it('the error handler of a login form that is cut short sees the content type that the browser sent', async () => {
    app = Fastify();
    await app.register(moinSessions, { sessions: site.sessions });
    app.setErrorHandler((_error, request, reply) => reply.code(400).send(request.headers['content-type']));
    app.post('/login', async () => '');
    const init = { ...FORM, 'content-length': '9' };
    const response = await app.inject({ method: 'POST', url: '/login', payload: 'a=1', headers: init });
    expect(response.payload).toBe(FORM['content-type']);
  });

  it('a store that is out of reach: its error is the one that the handler gets', async () => {
    const errors: string[] = [];
    app = Fastify();
    await app.register(moinSessions, { sessions: site.sessions });
    app.setErrorHandler((error: Error, _request, reply) => {
      errors.push(error.message);
      return reply.code(500).send('');
    });
    app.post('/', async () => '');
    site.store.unreachable = true;
    const init = { method: 'POST' as const, url: '/', payload: '{', headers: { ...JSON_TYPE, ...headers } };
    expect((await app.inject(init)).statusCode).toBe(500);
    expect(errors).toEqual(['the store is out of reach']);
  });

  it('without an error handler the answer stays Fastify’s own, with the visitor’s cookie', async () => {
    app = Fastify();
    await app.register(moinSessions, { sessions: site.sessions });
    app.post('/', async () => '');
    const response = await app.inject({ method: 'POST', url: '/', payload: '{', headers: JSON_TYPE });
    expect(response.json()).toMatchObject({ statusCode: 400, error: 'Bad Request' });
    expect(response.headers['set-cookie']).toMatch(/^MOIN_SESSION=anon\./);
  });

  it('a hook that answers before the visit has begun answers as ever', async () => {
    app = Fastify();
    await app.register(moinSessions, { sessions: site.sessions });
    app.addHook('onRequest', async (_request, reply) => reply.code(429).send('slow down'));
    app.get('/', async () => '');
    const response = await app.inject('/');
    expect([response.statusCode, response.payload]).toEqual([429, 'slow down']);
    expect(response.headers['set-cookie']).toBeUndefined();
  });
});

describe('spec 5: hooks and plugins keep their say while an error waits for its visit', () => {
  /** A site that counts how often its chain runs; the first run is the slowest. */
  function slowFirst(): { site: Site; runs: () => number } {
    let runs = 0;
    const counting: AuthMethod = {
      name: 'counting',
      async authenticate(_request, { user }) {
        const turns = runs++ === 0 ? 100 : 0;
        for (let turn = 0; turn < turns; turn++) await nextTurn();
        return { user, continue: true };
      },
    };
    return {
      site: makeSite({ auth: [counting, 'moin_session', 'moin_anon_session'] }),
      runs: () => runs,
    };
  }

  it.each(['onRequest', 'preParsing', 'preValidation'] as const)(
    'a guard in a hook (%s) that sends an error without returning the reply: nothing behind it runs',
    async (hook) => {
      const { site, runs } = slowFirst();
      const ran: string[] = [];
      const app = Fastify();
      // A preValidation hook of before ours runs before the visit begins.
      const guard = () =>
        app.addHook(hook as 'onRequest', async (_request, reply) => {
          reply.code(403).send(new Error('forbidden'));
        });
      if (hook === 'preValidation') guard();
      await app.register(moinSessions, { sessions: site.sessions });
      if (hook !== 'preValidation') guard();
      for (const later of ['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const)
        app.addHook(later as 'onRequest', async () => void ran.push(later));
      app.get('/', async () => {
        ran.push('handler');
        return 'paid';
      });
      const response = await app.inject('/');
      expect([response.statusCode, response.json().message]).toEqual([403, 'forbidden']);
      const before = { onRequest: [], preParsing: ['onRequest'], preValidation: ['onRequest', 'preParsing'] };
      expect(ran).toEqual(before[hook]);
      expect(runs()).toBe(1);
    },
  );

  it('a handler that fails: the chain has run once', async () => {
    const { site, runs } = slowFirst();
    const app = Fastify();
    await app.register(moinSessions, { sessions: site.sessions });
    app.get('/', async () => {
      throw new Error('the handler failed');
    });
    expect((await app.inject('/')).statusCode).toBe(500);
    expect(runs()).toBe(1);
  });

  it.each([
    ['before', 'nothing'],
    ['behind', 'nothing'],
    ['before', 'an onRequest hook'],
    ['behind', 'an onRequest hook'],
    ['before', 'the handler'],
    ['behind', 'the handler'],
  ])('another plugin, %s ours, that wraps reply.send sees each answer; %s fails', async (order, failing) => {
    const { site, runs } = slowFirst();
    const seen: unknown[] = [];
    const app = Fastify();
    const wrap = () =>
      app.addHook('onRequest', (_request, reply, done) => {
        const { send } = reply;
        reply.send = function (payload) {
          seen.push(payload instanceof Error ? payload.message : payload);
          return send.call(this, payload);
        };
        done();
      });
    if (order === 'before') wrap();
    await app.register(moinSessions, { sessions: site.sessions });
    if (order === 'behind') wrap();
    const failIn = (where: string) => {
      if (where === failing) throw new Error('it failed');
    };
    app.addHook('onRequest', async () => failIn('an onRequest hook'));
    app.setErrorHandler((_error, { visit }, reply) => reply.code(500).send(`knows ${visit.user}`));
    app.get('/', async () => {
      failIn('the handler');
      return 'home';
    });
    const { payload } = await app.inject('/');
    expect(payload).toBe(failing === 'nothing' ? 'home' : 'knows null');
    expect(seen).toEqual(failing === 'nothing' ? ['home'] : ['it failed', 'knows null']);
    expect(runs()).toBe(1);
  });
});
