import Fastify, { type FastifyInstance, type FastifyRequest, type InjectOptions } from 'fastify';
import { beforeEach, describe, expect, it } from 'vitest';
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
