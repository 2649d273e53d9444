import { createServer, type IncomingMessage, request } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import express, { type RequestHandler } from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loginForm } from '../../../src/http/login-form.js';
import { moinSessions } from '../../../src/web/express.js';
import { moinSessions as fastifySessions } from '../../../src/web/fastify.js';
import { withSessions as withFetch } from '../../../src/web/fetch.js';
import { moinSessions as honoSessions } from '../../../src/web/hono.js';
import { withSessions } from '../../../src/web/node.js';
import type { AdapterOptions } from '../../../src/web/shared/options.js';
import { onlyRecord } from '../../aid/records.js';
import { makeSite, type Site } from '../../aid/site.js';
import { HttpBrowser } from '../../aid/web/http-browser.js';
import { listen, type Running } from '../../aid/web/listen.js';

let site: Site;
let running: Running | undefined;

beforeEach(() => {
  site = makeSite();
});

afterEach(async () => {
  await running?.close();
  running = undefined;
});

const ALICE = { login: '1', name: 'alice', password: 'alice' };

/** A form that an application counts as a GET, as method-override does. */
const asGet: RequestHandler = (request, _response, next) => {
  Object.assign(request, { originalMethod: request.method, method: 'GET' });
  next();
};

/** An application whose pages say who is logged in. */
async function serve(
  before: RequestHandler[],
  options: AdapterOptions<IncomingMessage> = {},
  behind: RequestHandler[] = [],
) {
  const app = express();
  app.set('env', 'test');
  app.use(...before, express.urlencoded(), moinSessions(site.sessions, options), ...behind);
  app.use(({ visit }, response) => void response.json(visit.user?.name ?? null));
  running = await listen(createServer(app));
  return new HttpBrowser(running.origin);
}

/** As one that has been asked too often, it answers in place of the application. */
const limiter = express.Router({ caseSensitive: false, strict: false });
limiter.all('/login', (_request, response) => void response.status(429).json('slow down'));

/** The cookies of an answer to alice's login form at a path that is sent as it is: fetch would tidy it up. */
async function cookiesAt(path: string): Promise<string> {
  const { port, hostname } = new URL(running?.origin as string);
  const body = String(new URLSearchParams(ALICE));
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length };
  const setCookie = await new Promise<string[] | undefined>((resolve, reject) => {
    request({ hostname, port, path, method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.headers['set-cookie']);
    })
      .on('error', reject)
      .end(body);
  });
  return String(setCookie);
}

describe('spec 5: only loginPaths accept login forms', () => {
  it.each([
    '/',
    '/settings',
    '/LOGIN',
    '/login/',
    '//login',
    '/login;x',
    '/%6cogin',
    '/x/../login',
    '/login%3f',
  ])('no spelling walks round a limiter on /login: %s', async (path) => {
    await serve([limiter]);
    expect(await cookiesAt(path)).not.toContain('MOIN_SESSION=user.');
    expect(site.users.checks).toBe(0);
  });

  it('the query of the URL is not part of the path', async () => {
    const browser = await serve([]);
    expect(await (await browser.post('/login?next=/x', ALICE)).json()).toBe('alice');
  });

  it('a settings form with a field named logout logs nobody out', async () => {
    const browser = await serve([]);
    await browser.post('/login', ALICE);
    expect(await (await browser.post('/settings', { logout: 'after 10 minutes' })).json()).toBe('alice');
    expect(await browser.json('/')).toBe('alice');
  });

  it('an administrator who creates a user stays who they are', async () => {
    site.users.add('root');
    const browser = await serve([]);
    await browser.post('/login', { login: '1', name: 'root', password: 'root' });
    expect(await (await browser.post('/users', ALICE)).json()).toBe('root');
    expect((await onlyRecord(site.store)).user?.name).toBe('root');
  });

  it('a CSRF check of the application’s own that answers 403 stands before what a form does', async () => {
    const check: RequestHandler = (request, response, next) => {
      if (request.method === 'GET') return next();
      response.status(403).end();
    };
    const browser = await serve([], {}, [check]);
    expect((await browser.post('/account', ALICE)).status).toBe(403);
    expect(await browser.json('/')).toBeNull();
    expect(site.users.checks).toBe(0);
  });

  it('the option replaces the default by other paths, compared with the whole path of the original URL', async () => {
    const app = express();
    const mounted = express.Router();
    mounted.use(moinSessions(site.sessions, { loginPaths: ['/app/sign-in'] }));
    app.use('/app', mounted, ({ visit }, response) => void response.json(visit.user?.name ?? null));
    running = await listen(createServer(app));
    const browser = new HttpBrowser(running.origin);
    for (const path of ['/app/login', '/app/x/sign-in'])
      expect(await (await browser.post(path, ALICE)).json()).toBeNull();
    expect(await (await browser.post('/app/sign-in', ALICE)).json()).toBe('alice');
  });

  it.each([['/login'], [['login']], [['/login?x']], [[7]]])(
    'loginPaths %j is a configuration error',
    (wrong) => {
      const options = { loginPaths: wrong } as never;
      const message = "option loginPaths must be a list of whole paths such as '/login'";
      expect(() => moinSessions(site.sessions, options)).toThrow(message);
      expect(() => withSessions(site.sessions, () => {}, options)).toThrow(message);
      expect(() => withFetch(site.sessions, () => new Response(), options)).toThrow(message);
    },
  );

  it('the form option gets the request too: the path of a logout link is enough', async () => {
    const form = (body: unknown, request: { url?: string }) =>
      request.url === '/logout' ? { logout: true } : loginForm(body);
    const browser = await serve([], { form } as never);
    await browser.post('/login', ALICE);
    expect(await (await browser.post('/logout', {})).json()).toBeNull();
  });

  it('Request and Response: paths are compared without decoding', async () => {
    const paths: [string, string | null][] = [];
    const handler = withFetch(site.sessions, (request, { user }) => {
      paths.push([request.url, user?.name ?? null]);
      return new Response();
    });
    const body = new URLSearchParams(ALICE);
    for (const path of ['/login', '/login?x', '/LOGIN', '/%6cogin', '/', '/login/'])
      await handler(new Request(`http://x${path}`, { method: 'POST', body }));
    expect(paths.map(([, user]) => user)).toEqual(['alice', 'alice', null, null, null, null]);
  });
});

describe('spec 5: paths are compared as they were sent', () => {
  type Bindings = { incoming: IncomingMessage };
  const served = (fetch: (request: Request, env: never) => Response | Promise<Response>) =>
    listen(createAdaptorServer({ fetch: fetch as never }) as never);
  const SERVERS: [string, () => Promise<Running>][] = [
    ['express', () => listen(createServer(express().use(moinSessions(site.sessions))))],
    ['node', () => listen(createServer(withSessions(site.sessions, (_request, response) => response.end())))],
    ['hono', () => served(new Hono().use(honoSessions(site.sessions)).fetch)],
    [
      'hono, with a connection of its own',
      () =>
        served(
          new Hono().use(honoSessions(site.sessions, { connection: () => ({ remoteAddress: '192.0.2.1' }) }))
            .fetch,
        ),
    ],
    [
      'fetch, with the url of connection',
      () =>
        served(
          withFetch<[Bindings]>(site.sessions, () => new Response(), {
            connection: (_request, { incoming }) => ({ url: incoming.url }),
          }),
        ),
    ],
    [
      'fastify',
      async () => {
        const app = Fastify();
        await app.register(fastifySessions, { sessions: site.sessions });
        const origin = await app.listen({ port: 0, host: '127.0.0.1' });
        return { origin, close: () => app.close() };
      },
    ],
  ];

  it.each(SERVERS)('%s: no other spelling of /login logs in', async (_, start) => {
    running = await start();
    for (const path of [
      '/./login',
      '/%2e/login',
      '/x/../login',
      '/x/%2E%2e/login',
      '/x/.%2e/login',
      'http://evil/login',
      '/login#/x',
      '//login',
      '/login/.',
    ])
      expect([path, await cookiesAt(path)]).toEqual([path, expect.not.stringContaining('user.')]);
    expect(site.users.checks).toBe(0);
    expect(await cookiesAt('/login?x=#y')).toContain('MOIN_SESSION=user.');
  });
});

describe('spec 5: Fastify’s own parsers decide about bodies', () => {
  const FORM = 'application/x-www-form-urlencoded';
  const payload = 'login=1&name=alice&password=alice';
  const headers = { 'content-type': `${FORM}; charset=utf-8` };

  /** As @fastify/formbody registers itself. */
  const formbody = (app: import('fastify').FastifyInstance) =>
    app.addContentTypeParser(FORM, { parseAs: 'string' }, (_request, body, done) =>
      done(null, { parsed: 'elsewhere', ...Object.fromEntries(new URLSearchParams(String(body))) }),
    );

  async function serveFastify(when: 'before' | 'behind' | 'never') {
    const app = Fastify();
    if (when === 'before') formbody(app);
    await app.register(fastifySessions, { sessions: site.sessions });
    if (when === 'behind') formbody(app);
    for (const path of ['/login', '/x'])
      app.post(path, async (request) => {
        const type = request.headers['content-type'];
        return { user: request.visit.user?.name ?? null, body: request.body, type };
      });
    return async (url: string, text = payload, type = headers['content-type']) => {
      const response = await app.inject({
        method: 'POST',
        url,
        payload: text,
        headers: { ...headers, 'content-type': type },
      });
      return response.statusCode === 200 ? response.json() : response.statusCode;
    };
  }

  const fields = { login: '1', name: 'alice', password: 'alice' };
  const type = headers['content-type'];

  it.each(['before', 'behind'] as const)('a parser registered %s us parses all forms', async (when) => {
    const post = await serveFastify(when);
    const body = { parsed: 'elsewhere', ...fields };
    expect(await post('/login')).toEqual({ user: 'alice', body, type });
    expect(await post('/x')).toEqual({ user: null, body, type });
    const x = 'x'.repeat(20_000);
    expect(await post('/login', `${payload}&x=${x}`)).toEqual({ user: 'alice', body: { ...body, x }, type });
  });

  it('without one, the plugin parses a login form, and a form at another path is a 415', async () => {
    const post = await serveFastify('never');
    expect(await post('/login')).toEqual({ user: 'alice', body: fields, type });
    expect(await post('/x')).toBe(415);
  });

  it('its JSON parser takes JSON of any charset and above formLimit, as a parser in front of another adapter', async () => {
    const post = await serveFastify('never');
    for (const x of ['', 'x'.repeat(20_000)]) {
      const body = { login: true, name: 'alice', password: 'alice', x };
      const type = 'application/json; charset=latin1';
      expect(await post('/login', JSON.stringify(body), type)).toEqual({ user: 'alice', body, type });
    }
  });

  it('without one, a request cannot use the internal content type of the plugin', async () => {
    const post = await serveFastify('never');
    for (const url of ['/x', '/login'])
      expect(await post(url, payload, 'application/x-moin-sessions-login-form')).toBe(415);
  });
});

it('spec 3: a cross-site POST that the application handles as a GET still gets no cookie', async () => {
  const browser = await serve([asGet]);
  const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  const foreign = await fetch(`${running?.origin}/x`, { method: 'POST', headers });
  expect(foreign.headers.get('set-cookie')).toBeNull();
  expect((await browser.fetch('/x', { method: 'POST' })).headers.get('set-cookie')).toMatch(
    /^MOIN_SESSION=anon/,
  );
});
