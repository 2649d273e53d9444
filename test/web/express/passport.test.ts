import { createServer } from 'node:http';
import express from 'express';
import { Passport } from 'passport';
import { Strategy } from 'passport-local';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { moinSessions } from '../../../src/web/express.js';
import { makeSite, type Site } from '../../aid/site.js';
import { HttpBrowser } from '../../aid/web/http-browser.js';
import { listen } from '../../aid/web/listen.js';

let site: Site;
let browser: HttpBrowser;

/** An application that keeps Passport's middleware. `/enter` does it in our way, the others as on express-session. */
beforeEach(async () => {
  site = makeSite({ clock: Date.now });
  const passport = new Passport();
  passport.use(
    new Strategy((username, password, done) =>
      done(null, password === username ? { id: `u-${username}`, name: username } : false),
    ),
  );
  passport.serializeUser((user, done) => done(null, user));
  const app = express();
  app.set('env', 'test');
  app.use(moinSessions(site.sessions), express.urlencoded({ extended: false }), passport.initialize());
  app.post('/enter', (request, response, next) => {
    passport.authenticate(
      'local',
      { session: false },
      (error: unknown, user: { id: string; name: string } | false) => {
        if (error || !user) return error ? next(error) : response.json('failed');
        request.visit.logIn(user, { label: 'local' }).then((result) => response.json(result), next);
      },
    )(request, response, next);
  });
  app.post('/direct', passport.authenticate('local'), (_request, response) => void response.json('in'));
  app.post('/req-login', (request, response, next) => {
    request.login({ id: 'u-alice' }, (error) => (error ? next(error) : response.json('in')));
  });
  app.post('/req-logout', (request, response, next) => {
    request.logout((error) => (error ? next(error) : response.json('out')));
  });
  app.get('/put', ({ session }, response) => void response.json(session.set('cart', ['tea'])));
  app.get('/', ({ visit, session }, response) => {
    response.json({ user: visit.user?.name ?? null, cart: session.get('cart') ?? null });
  });
  const handle: express.ErrorRequestHandler = (error, _request, response, _next) => {
    response.status(500).json(error.message);
  };
  const running = await listen(createServer(app.use(handle)));
  onTestFinished(async () => void (await running.close()));
  browser = new HttpBrowser(running.origin);
  await browser.fetch('/');
});

const ALICE = { username: 'alice', password: 'alice' };
const post = async (path: string, fields: Record<string, string> = {}) =>
  (await browser.post(path, fields)).json();

describe('an application on Express that keeps Passport', () => {
  it('logs in by visit.logIn in the callback: a new token, and the visitor’s values move along (S4)', async () => {
    await browser.fetch('/put');
    const before = browser.cookie;
    expect(await post('/enter', { ...ALICE, password: 'wrong' })).toBe('failed');
    expect(await post('/enter', ALICE)).toBe('accepted');
    expect(browser.cookie).not.toBe(before);
    expect(await browser.json('/')).toEqual({ user: 'alice', cart: ['tea'] });
    expect(await site.records()).toMatchObject([{ user: { name: 'alice', method: 'route:local' } }]);
  });

  it.each(['/direct', '/req-login'])(
    '%s, as on express-session, fails with the remedy and logs nobody in',
    async (path) => {
      expect(await post(path, ALICE)).toMatch(/express-session's.*visit\.logIn\(user\)/);
      expect(await browser.json('/')).toMatchObject({ user: null });
    },
  );

  it('req.logout fails with the remedy and logs nobody out', async () => {
    await post('/enter', ALICE);
    expect(await post('/req-logout')).toMatch(/takes no callback.*visit\.logOut\(\)/);
    expect(await browser.json('/')).toMatchObject({ user: 'alice' });
  });
});
