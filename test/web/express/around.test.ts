import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import compression from 'compression';
import express from 'express';
// @ts-expect-error: the types of Express 4 are not here, and what is used of it is the same
import express4 from 'express4';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { moinSessions } from '../../../src/web/express.js';
import { temporaryFolder } from '../../aid/folder.js';
import { makeSite, type Site } from '../../aid/site.js';
import { type HttpBrowser, visitor } from '../../aid/web/http-browser.js';
import { listen } from '../../aid/web/listen.js';

let site: Site;

beforeEach(() => {
  site = makeSite({ clock: Date.now });
});

/** A visitor of this application, who has a cookie. */
async function visit(app: express.Express): Promise<HttpBrowser> {
  app.set('env', 'test');
  const running = await listen(createServer(app));
  onTestFinished(async () => void (await running.close()));
  return visitor(running.origin);
}

const hits: express.RequestHandler = ({ session }, response) => {
  session.set('hits', Number(session.get('hits') ?? 0) + 1);
  response.json(session);
};

describe.each<[string, typeof express]>([
  ['Express 5', express],
  ['Express 4', express4],
])('with %s', (_, framework) => {
  it('an error handler has the session, and what it sets is saved', async () => {
    const app = framework().use(moinSessions(site.sessions));
    app.get('/fail', ({ session }) => {
      session.set('before', true);
      throw new Error('the handler failed');
    });
    const handle: express.ErrorRequestHandler = (error, { session }, response, _next) => {
      session.set('error', error.message);
      response.status(500).json(session);
    };
    const browser = await visit(app.use(handle));
    const data = { before: true, error: 'the handler failed' };
    expect(await browser.json('/fail')).toEqual(data);
    expect(await site.records()).toMatchObject([{ data }]);
  });

  it('an error handler of a failed store has no session, and the visitor keeps the cookie', async () => {
    const app = framework().use(moinSessions(site.sessions)).get('/', hits);
    const handle: express.ErrorRequestHandler = (error, request, response, _next) => {
      response.status(503).json({ error: error.message, session: request.session ?? null });
    };
    const browser = await visit(app.use(handle));
    const { cookie } = browser;
    site.store.unreachable = true;
    const response = await browser.fetch('/');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ error: 'the store is out of reach', session: null });
    expect(browser.cookie).toBe(cookie);
  });

  it('a router, a mounted path and a sub-application have the same session', async () => {
    const sub = framework().get('/hits', hits);
    const again = framework().use(moinSessions(site.sessions)).get('/hits', hits);
    const router = framework.Router().get('/hits', hits);
    const app = framework().use(moinSessions(site.sessions));
    const browser = await visit(app.use('/router', router).use('/sub', sub).use('/again', again));
    expect(await browser.json('/router/hits')).toEqual({ hits: 1 });
    expect(await browser.json('/sub/hits')).toEqual({ hits: 2 });
    expect(await browser.json('/again/hits')).toEqual({ hits: 3 });
    expect(await site.records()).toHaveLength(1);
  });

  it('sessions on a mounted path are there alone, and take login forms at its full paths', async () => {
    const shop = framework.Router().use(moinSessions(site.sessions, { loginPaths: ['/shop/login'] }));
    shop.use(({ visit }, response) => void response.json(visit.user?.name ?? null));
    const app = framework().use('/shop', shop);
    app.get('/', (request, response) => void response.json(request.session === undefined));
    const browser = await visit(app);
    expect(await browser.json('/')).toBe(true);
    expect(browser.cookie).toBe('');
    const form = { login: '1', name: 'alice', password: 'alice' };
    expect(await (await browser.post('/shop/login', form)).json()).toBe('alice');
    expect(await browser.json('/shop/cart')).toBe('alice');
  });

  it('a file that express.static serves before ours costs no cookie and no look into the store', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'style.css'), 'p {}');
    const app = framework().use(framework.static(folder), moinSessions(site.sessions));
    const browser = await visit(app.get('/', hits));
    site.store.newCalls();
    const response = await browser.fetch('/style.css');
    expect(await response.text()).toBe('p {}');
    expect(response.headers.get('vary') ?? '').not.toContain('Cookie');
    expect(site.store.newCalls()).toEqual([]);
  });

  it('compression before ours compresses what waits for the save', async () => {
    const app = framework()
      .use(compression({ threshold: 0 }), moinSessions(site.sessions))
      .get('/hits', hits);
    const browser = await visit(app);
    const response = await browser.fetch('/hits', { headers: { 'accept-encoding': 'gzip' } });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(await response.json()).toEqual({ hits: 1 });
    expect(await site.records()).toMatchObject([{ data: { hits: 1 } }]);
  });

  it('a limiter before ours sees each login, and a login that it stops does not happen', async () => {
    let logins = 0;
    const limiter: express.RequestHandler = (_request, response, next) => {
      if (++logins > 1) return void response.status(429).end();
      next();
    };
    const app = framework().post('/login', limiter).use(moinSessions(site.sessions));
    app.use(({ visit }, response) => void response.json(visit.user?.name ?? null));
    const browser = await visit(app);
    expect(
      await (await browser.post('/login', { login: '1', name: 'alice', password: 'no' })).json(),
    ).toBeNull();
    const { status } = await browser.post('/login', { login: '1', name: 'alice', password: 'alice' });
    expect(status).toBe(429);
    expect(await browser.json('/')).toBeNull();
    expect(site.users.checks).toBe(1);
  });

  it('a multipart body, as uploads have, is left to its parser and is no login', async () => {
    const app = framework().use(moinSessions(site.sessions));
    app.post('/login', async (request, response) => {
      let size = 0;
      for await (const chunk of request) size += chunk.length;
      response.json({ user: request.visit.user?.name ?? null, size });
    });
    const browser = await visit(app);
    const body = new FormData();
    for (const [key, value] of Object.entries({ login: '1', name: 'alice', password: 'alice' }))
      body.set(key, value);
    const response = await browser.fetch('/login', { method: 'POST', body });
    expect(await response.json()).toEqual({ user: null, size: expect.any(Number) });
  });

  it('a method that middleware before ours overrides opens no door to other sites (spec 2)', async () => {
    const app = framework();
    // As method-override does.
    app.use((request, _response, next) => {
      Object.assign(request, { originalMethod: request.method, method: 'GET' });
      next();
    });
    app.use(moinSessions(site.sessions), hits);
    const browser = await visit(app);
    const { cookie } = browser;
    const headers = { 'sec-fetch-site': 'cross-site' };
    const response = await fetch(`${await originOf(browser)}/`, { method: 'POST', headers });
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(browser.cookie).toBe(cookie);
  });
});

/** The origin of a browser's server. */
async function originOf(browser: HttpBrowser): Promise<string> {
  return new URL((await browser.fetch('/')).url).origin;
}
