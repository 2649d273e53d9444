import { createServer } from 'node:http';
import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
// @ts-expect-error: the types of Express 4 are not here, and what is used of it is the same
import express4 from 'express4';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { moinSessions } from '../../../src/web/express.js';
import { onlyRecord } from '../../aid/records.js';
import { makeSite, type Site } from '../../aid/site.js';
import { HttpBrowser } from '../../aid/web/http-browser.js';
import { listen, type Running } from '../../aid/web/listen.js';

let site: Site;
let running: Running;

beforeEach(() => {
  site = makeSite();
});

afterEach(() => running.close());

describe.each([
  ['Express 5', express],
  ['Express 4', express4 as typeof express],
])('spec 5: error handlers have a session, too: %s', (_name, framework) => {
  /** Says who is there, and keeps the error in the session. */
  const onError: ErrorRequestHandler = (error, request, response, _next) => {
    request.session.set('lastError', error.type ?? error.message);
    response.status(error.status ?? 500).json(request.visit.user?.name ?? null);
  };

  async function serve(...routes: RequestHandler[]): Promise<HttpBrowser> {
    const app = framework();
    app.use(
      moinSessions(site.sessions),
      framework.json({ limit: 100 }),
      framework.urlencoded({ extended: false }),
    );
    app.get('/', (_request, response) => void response.end());
    if (routes.length > 0) app.use(...routes);
    running = await listen(createServer(app.use(onError)));
    const browser = new HttpBrowser(running.origin);
    await browser.fetch('/');
    return browser;
  }

  const post = (browser: HttpBrowser, path: string, body: string) =>
    browser.fetch(path, { method: 'POST', body, headers: { 'content-type': 'application/json' } });

  it.each([
    ['malformed JSON', '/', '{', 'entity.parse.failed', 400],
    ['malformed JSON of a login', '/login', '{', 'entity.parse.failed', 400],
    ['JSON that is too large', '/', `"${'x'.repeat(200)}"`, 'entity.too.large', 413],
  ])('%s, in a parser behind ours', async (_what, path, body, lastError, status) => {
    const browser = await serve();
    const response = await post(browser, path, body);
    expect([response.status, await response.json()]).toEqual([status, null]);
    expect((await onlyRecord(site.store)).data).toEqual({ lastError });
  });

  it('a route that throws, for a user who has just logged in', async () => {
    const browser = await serve(() => {
      throw new Error('the route failed');
    });
    const login = await browser.post('/login', { login: '1', name: 'alice', password: 'alice' });
    expect([login.status, await login.json()]).toEqual([500, 'alice']);
    expect((await onlyRecord(site.store)).data).toEqual({ lastError: 'the route failed' });
  });
});
