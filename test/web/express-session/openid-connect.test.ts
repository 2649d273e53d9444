import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import express from 'express';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { idOf } from '../../../src/session/cookie/token.js';
import { MoinStore } from '../../../src/web/express-session/store.js';
import { deferred } from '../../aid/deferred.js';
import { need } from '../../aid/need.js';
import { onlyRecord } from '../../aid/records.js';
import { WatchedStore } from '../../aid/watched-store.js';
import { HttpBrowser } from '../../aid/web/http-browser.js';
import { listen } from '../../aid/web/listen.js';

const ECOSYSTEM = fileURLToPath(new URL('../../ecosystem/', import.meta.url));
const isThere = existsSync(`${ECOSYSTEM}node_modules/express-openid-connect`);
const MISSING = isThere ? null : "express-openid-connect is missing: run 'npm run ecosystem:install'";

const DAY = 86_400;
type WithSession = express.Request & { appSession: Record<string, unknown> | undefined };

let base: WatchedStore;
let store: MoinStore;
let browser: HttpBrowser;
let gate: ReturnType<typeof deferred>;
let reached: ReturnType<typeof deferred>;

/** Its session middleware over real HTTP; the routes do what its login, callback and logout do with the session. */
beforeEach(async (context) => {
  need(context as never, MISSING);
  const load = createRequire(ECOSYSTEM);
  const appSession = load('express-openid-connect/lib/appSession');
  const { get } = load('express-openid-connect/lib/config');
  base = new WatchedStore();
  store = new MoinStore(base, {
    user: ({ data }) => {
      const { sub } = (data ?? {}) as { sub?: string };
      return sub === undefined ? null : { id: sub, name: sub };
    },
  });
  const config = get({
    secret: 'a secret of the tests, 32 bytes or more',
    clientID: 'client',
    baseURL: 'http://localhost',
    issuerBaseURL: 'http://localhost:1',
    authorizationParams: { response_type: 'code' },
    clientSecret: 'client secret',
    session: { store, signSessionStoreCookie: true, requireSignedSessionStoreCookie: true },
  });
  gate = deferred();
  reached = deferred();
  const app = express();
  app.use(appSession(config));
  app.get('/callback', async (request, response) => {
    await appSession.regenerateSessionStoreId(request, config);
    appSession.replaceSession(request, { sub: 'alice' }, config);
    response.send('in');
  });
  app.get('/logout', (request, response) => {
    (request as WithSession).appSession = undefined;
    response.send('out');
  });
  app.get('/slow', async (request, response) => {
    reached.resolve();
    await gate.promise;
    Object.assign((request as WithSession).appSession ?? {}, { late: true });
    response.send('slow');
  });
  app.get('/', (request, response) => void response.json((request as WithSession).appSession));
  const running = await listen(createServer(app));
  onTestFinished(async () => void (await running.close()));
  browser = new HttpBrowser(running.origin);
});

describe('express-openid-connect on our store', () => {
  it('a login is a record of that user, which ends when its cookie ends: it says so in ms', async () => {
    await browser.fetch('/callback');
    const { kind, user, cookieExpires } = await onlyRecord(base);
    expect({ kind, id: user?.id }).toEqual({ kind: 'user', id: 'alice' });
    expect(cookieExpires).toBeGreaterThan(Date.now() + (DAY - 60) * 1000);
    expect(cookieExpires).toBeLessThanOrEqual(Date.now() + DAY * 1000);
    expect(await browser.json('/')).toEqual({ sub: 'alice' });
  });

  it('another login gets another sid, and the session of before ends', async () => {
    await browser.fetch('/callback');
    const { id } = await onlyRecord(base);
    await browser.fetch('/callback');
    expect((await onlyRecord(base)).id).not.toBe(id);
  });

  it('a page that is under way at a logout is answered, and brings nothing back (I2)', async () => {
    await browser.fetch('/callback');
    const slow = browser.fetch('/slow');
    await reached.promise;
    await browser.fetch('/logout');
    const dropped = once(store, 'save-dropped');
    gate.resolve();
    expect((await slow).status).toBe(200);
    await dropped;
    expect(await base.contents()).toEqual([]);
  });

  it('a sid, which is 32 hex digits there, opens nothing as an id, nor does an id as a sid', async () => {
    await browser.fetch('/callback');
    const sid = /appSession=([0-9a-f]{32})\./.exec(browser.cookie)?.[1] ?? '';
    expect((await onlyRecord(base)).id).toBe(idOf(sid));
    const thief = await fetch(`${new URL((await browser.fetch('/')).url).origin}/`, {
      headers: { cookie: browser.cookie.replace(sid, idOf(sid)) },
    });
    expect(await thief.json()).toEqual({});
    expect(await browser.json('/')).toEqual({ sub: 'alice' });
  });
});
