import { createServer } from 'node:http';
import { Strategy as LocalStrategy } from 'passport-local';
import { afterEach, describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import {
  type AuthOption,
  createSessions,
  type PassportOptions,
  type PassportStrategy,
  passport,
  type SessionsOptions,
} from '../../../src/index.js';
import { simulate } from '../../../src/simulate.js';
import { withSessions } from '../../../src/web/node.js';
import { onlyRecord } from '../../aid/records.js';
import { byHeader, makeSite, SECRET, type Site, visitorWith } from '../../aid/site.js';
import { TestUsers } from '../../aid/users.js';
import { WatchedStore } from '../../aid/watched-store.js';
import { HttpBrowser } from '../../aid/web/http-browser.js';
import { listen, type Running } from '../../aid/web/listen.js';

let running: Running | undefined;
let store: WatchedStore;
let errors: unknown[];

afterEach(async () => {
  await running?.close();
  running = undefined;
});

/** A site whose pages say who one is and what the session holds. */
async function start(auth: AuthOption[], options: SessionsOptions = {}): Promise<HttpBrowser> {
  store = new WatchedStore();
  errors = [];
  const sessions = createSessions({ store, secrets: SECRET, anonymousCookieLifetime: 1, auth, ...options });
  const listener = withSessions(
    sessions,
    ({ visit, url }, response) => {
      if (url === '/remember') visit.session.set('cart', ['tea']);
      response.end(JSON.stringify({ user: visit.user, data: visit.session }));
    },
    { onError: (error) => errors.push(error) },
  );
  running = await listen(createServer(listener));
  const browser = new HttpBrowser(running.origin);
  await browser.fetch('/');
  await browser.fetch('/remember');
  return browser;
}

const chain = (strategy: PassportStrategy, options?: PassportOptions): AuthOption[] => [
  passport(strategy, options),
  'moin_session',
  'moin_anon_session',
];

const local = () =>
  new LocalStrategy({ usernameField: 'name' }, (name, password, done) => {
    if (name === 'broken') return done(new Error('the directory is out of reach'));
    return done(null, password === 'alice' ? { id: 7, username: name } : false);
  });

describe('passport-local', () => {
  it('S4: success is a login; the visitor’s data move along, and the user stays', async () => {
    const browser = await start(chain(local()));
    const alice = { id: '7', name: 'alice', method: 'passport' };
    const login = await browser.post('/login', { login: '1', name: 'alice', password: 'alice' });
    expect(await login.json()).toEqual({ user: alice, data: { cart: ['tea'] } });
    expect(await browser.json('/')).toEqual({ user: alice, data: { cart: ['tea'] } });
    expect(await onlyRecord(store)).toMatchObject({ kind: 'user', user: alice });
  });

  it('S6: login and logout at once: the login counts', async () => {
    const browser = await start(chain(local()));
    const login = await browser.post('/login', { login: '1', logout: '1', name: 'alice', password: 'alice' });
    expect(await login.json()).toMatchObject({ user: { name: 'alice' } });
    expect(await browser.json('/')).toMatchObject({ user: { name: 'alice' } });
  });

  it('S5: a failure leaves the visitor as they were', async () => {
    const browser = await start(chain(local()));
    const login = await browser.post('/login', { login: '1', name: 'alice', password: 'wrong' });
    expect(await login.json()).toEqual({ user: null, data: { cart: ['tea'] } });
  });

  it('an error ends the request as failed, and nothing is saved', async () => {
    const browser = await start(chain(local()));
    const login = await browser.post('/login', { login: '1', name: 'broken', password: 'x' });
    expect(login.status).toBe(500);
    expect(errors).toMatchObject([{ message: 'the directory is out of reach' }]);
    expect(await onlyRecord(store)).toMatchObject({ kind: 'anonymous' });
  });

  it('another method may accept what it refused', async () => {
    const auth: AuthOption[] = [passport(local()), 'moin_login', 'moin_session'];
    const users = new TestUsers();
    users.add('Zoë: no');
    const browser = await start(auth, { users });
    const login = await browser.post('/login', { login: '1', name: 'Zoë: no', password: 'Zoë: no' });
    expect(await login.json()).toMatchObject({ user: { name: 'Zoë: no', method: 'moin_login' } });
  });

  it('where the site has a directory, its users alone are accepted, and no disabled ones (S3)', async () => {
    const user = (profile: unknown) => ({ id: (profile as { username: string }).username, name: 'x' });
    const users = new TestUsers();
    users.add('alice', '1');
    users.add('bob', '2');
    users.disable('bob');
    const browser = await start(chain(local(), { user }), { users });
    const attempt = async (name: string) =>
      (await browser.post('/login', { login: '1', name, password: 'alice' })).json();
    expect(await attempt('99')).toMatchObject({ user: null });
    expect(await attempt('2')).toMatchObject({ user: null });
    expect(await attempt('1')).toMatchObject({ user: { id: '1' } });
  });

  it('simulate runs it on what is known of the request', async () => {
    const request = { method: 'POST', form: { login: true, name: 'alice', password: 'alice' } };
    const options = {
      store: new WatchedStore(),
      secrets: SECRET,
      auth: [passport(local()), 'moin_session' as const],
    };
    const { requests } = await simulate(options, { request });
    expect(requests[0]?.steps.map(({ method, reason }) => [method, reason])).toEqual([
      ['passport', 'accepted'],
      ['moin_session', 'login'],
    ]);
  });
});

/** As an OAuth strategy does: sends away with a state that it keeps in the session, and expects it back. */
class RedirectingStrategy {
  name = 'elsewhere';
  declare redirect: (url: string, status?: number) => void;
  declare success: (user: object) => void;
  declare fail: (challenge: object | string, status?: number) => void;

  authenticate(
    request: { query: Record<string, string>; session: Record<string, unknown> },
    { scope = 'none' }: { scope?: string } = {},
  ): void {
    const { code, state } = request.query;
    if (code === undefined) {
      request.session.elsewhere = { state: 'xyz' };
      this.redirect(`https://id.example/authorize?scope=${scope}&state=xyz`);
      return;
    }
    const kept = request.session.elsewhere as { state?: string } | undefined;
    delete request.session.elsewhere;
    if (kept?.state === undefined || kept.state !== state) this.fail({ message: 'state' }, 403);
    else this.success({ id: 'u-1', displayName: 'Alice E.' });
  }
}

describe('a strategy that redirects', () => {
  const when = ({ url }: { url: string }) => url.startsWith('/auth');
  const start2 = () => start(chain(new RedirectingStrategy(), { when, options: { scope: 'email' } }));

  it('answers the request, keeps its state in the visitor’s session, and takes it back (S4)', async () => {
    const browser = await start2();
    const away = await browser.fetch('/auth');
    expect(away.status).toBe(302);
    expect(away.headers.get('location')).toBe('https://id.example/authorize?scope=email&state=xyz');
    expect((await onlyRecord(store)).data).toEqual({ cart: ['tea'], elsewhere: { state: 'xyz' } });
    const user = { id: 'u-1', name: 'Alice E.', method: 'passport' };
    expect(await browser.json('/auth?code=1&state=xyz')).toEqual({ user, data: { cart: ['tea'] } });
    expect(await browser.json('/')).toEqual({ user, data: { cart: ['tea'] } });
    expect(await onlyRecord(store)).toMatchObject({ kind: 'user', data: { cart: ['tea'] } });
  });

  it('a wrong state logs nobody in, and is spent', async () => {
    const browser = await start2();
    await browser.fetch('/auth');
    expect(await browser.json('/auth?code=1&state=forged')).toMatchObject({ user: null });
    expect(await browser.json('/auth?code=1&state=xyz')).toMatchObject({ user: null });
  });

  it('does not look at other requests', async () => {
    const browser = await start2();
    expect(await browser.json('/?code=1&state=xyz')).toMatchObject({ user: null });
  });
});

describe('what a strategy is shown: the session that moin_session is going to open, and no other', () => {
  const AS_ALICE = { headers: { 'x-user': 'alice' } };
  const veto = { name: 'veto', authenticate: () => ({ user: null, continue: true }) };

  /** The values that a strategy finds on the site of `site`'s store, with the browser's cookie. */
  async function shown(site: Site, { cookie }: { cookie?: string | undefined }, more: Shown = {}) {
    const seen: object[] = [];
    const look = strategy(function (request) {
      seen.push({ ...(request as { session: object }).session });
      this.pass?.();
    });
    const { before = [], request = {}, ...options } = more;
    const seeing = passport(look, { when: () => true });
    const auth: AuthOption[] = [byHeader, ...before, seeing, 'moin_login', 'moin_session'];
    const next = makeSite({
      store: site.store,
      users: site.users,
      clock: () => site.time.now,
      auth,
      ...options,
    });
    const headers = { ...request.headers, cookie: `MOIN_SESSION=${cookie}` };
    const visit = await next.sessions.begin({ ...request, headers });
    expect(visit.session.toJSON()).toEqual(seen[0]);
    return seen[0];
  }

  interface Shown extends SessionsOptions {
    before?: AuthOption[];
    request?: { headers?: Record<string, string> };
  }

  async function alice(site: Site) {
    const browser = site.browser();
    await browser.logIn('alice');
    await browser.visit({}, (session) => session.set('secret', 'of alice'));
    return browser;
  }

  async function aliceByHeader(site: Site) {
    const browser = site.browser();
    await browser.visit(AS_ALICE);
    await browser.visit(AS_ALICE, (session) => session.set('secret', 'of alice'));
    return browser;
  }

  it("S2: a visitor's, in grace too, but not once it has expired", async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const { cookie } = browser;
    expect(await shown(site, browser)).toEqual({ cart: 'apple' });
    site.pass(3 * HOUR - 1);
    expect(await shown(site, { cookie })).toEqual({ cart: 'apple' });
    site.pass(1);
    expect(await shown(site, { cookie })).toEqual({});
  });

  it('S2: none of a visitor where the site has no anonymous sessions', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    expect(await shown(site, browser, { anonymousCookieLifetime: 0 })).toEqual({});
  });

  it("S3: a user's own, but not in grace", async () => {
    const site = makeSite();
    const { cookie } = await alice(site);
    expect(await shown(site, { cookie })).toEqual({ secret: 'of alice' });
    site.pass(12 * HOUR);
    expect(await shown(site, { cookie })).toEqual({});
  });

  it('S3: none of a user who is disabled, or whose auth method left the chain', async () => {
    const site = makeSite();
    const own = await alice(site);
    site.users.disable('alice');
    expect(await shown(site, own)).toEqual({});
    const byOwn = makeSite({ auth: [{ ...byHeader, name: 'former' }, 'moin_session'] });
    const left = byOwn.browser();
    await left.visit({ ...AS_ALICE, form: { login: true } }, (session) => session.set('secret', 'of alice'));
    expect(await shown(byOwn, left)).toEqual({});
  });

  it("S10: none of a user's that was found by an anon cookie, unless they are established", async () => {
    const site = makeSite();
    const browser = await aliceByHeader(site);
    expect(await shown(site, browser)).toEqual({});
    const established = { request: AS_ALICE };
    expect(await shown(site, browser, established)).toEqual({ secret: 'of alice' });
  });

  it('S10: none of another user than the one whom an earlier method established, by either cookie', async () => {
    const site = makeSite();
    const asBob = { request: { headers: { 'x-user': 'bob' } } };
    for (const browser of [await alice(site), await aliceByHeader(site)])
      expect(await shown(site, browser, asBob)).toEqual({});
  });

  it("S5: none of a user's when a method has vetoed, and a visitor's all the same", async () => {
    const site = makeSite();
    const vetoed = { before: [veto], request: AS_ALICE };
    expect(await shown(site, await alice(site), vetoed)).toEqual({});
    const visitor = await visitorWith(site, 'cart', 'apple');
    expect(await shown(site, visitor, vetoed)).toEqual({ cart: 'apple' });
  });

  it('spec 4: that of the good one among several cookies', async () => {
    const site = makeSite();
    const { cookie } = await alice(site);
    expect(await shown(site, { cookie: `rubbish; MOIN_SESSION=${cookie}` })).toEqual({ secret: 'of alice' });
  });
});

/** A strategy that does what `act` does. */
function strategy(act: (this: Record<string, (...args: unknown[]) => void>, request: object) => unknown) {
  return { name: 'made', authenticate: act as never };
}

const always = () => true;

describe('what else a strategy may do', () => {
  it("S4, S10: what one user's session held does not come into another's who logs in by it", async () => {
    const site = makeSite({
      auth: [
        passport(
          strategy(function (request) {
            const { session, headers } = request as { session: { seen?: string[] }; headers: { as: string } };
            session.seen = [...(session.seen ?? []), headers.as];
            this.success?.({ id: `u-${headers.as}`, name: headers.as });
          }),
          { when: ({ headers }) => Object.hasOwn(headers, 'as') },
        ),
        'moin_session',
      ],
    });
    const browser = site.browser();
    await browser.visit({ headers: { as: 'alice' } }, (session) => session.set('seen', ['of alice alone']));
    const bob = await browser.visit({ headers: { as: 'bob' } });
    expect(bob.user).toBe('bob');
    expect(bob.session.toJSON()).toEqual({});
  });

  it('keep a date and a key that every object has in the session, as express-session would', async () => {
    const seen: object[] = [];
    const openid = strategy(function (request) {
      const { session } = request as { session: Record<string, unknown> };
      seen.push({ ...session });
      if (!Object.hasOwn(session, 'constructor'))
        Object.assign(session, { issued: new Date(0), constructor: 'kept' });
      else Reflect.deleteProperty(session, 'constructor');
      this.pass?.();
    });
    const browser = await start(chain(openid, { when: ({ url }) => url === '/auth' }));
    await browser.fetch('/auth');
    const issued = '1970-01-01T00:00:00.000Z';
    expect((await onlyRecord(store)).data).toEqual({ cart: ['tea'], issued, constructor: 'kept' });
    await browser.fetch('/auth');
    expect((await onlyRecord(store)).data).toEqual({ cart: ['tea'], issued });
    expect(seen[1]).toEqual({ cart: ['tea'], issued, constructor: 'kept' });
  });

  it('read the query of a path that is no URL', async () => {
    const seen: unknown[] = [];
    const look = strategy(function (request) {
      seen.push({ ...(request as { query: object }).query });
      this.pass?.();
    });
    const auth = chain(look, { when: always });
    const site = createSessions({
      store: new WatchedStore(),
      secrets: SECRET,
      anonymousCookieLifetime: 1,
      auth,
    });
    for (const url of ['//', '//?a=1&b=x?y', '/plain']) await site.begin({ url });
    expect(seen).toEqual([{}, { a: '1', b: 'x?y' }, {}]);
  });

  it('pass: the chain goes on', async () => {
    const browser = await start(
      chain(
        strategy(function () {
          this.pass?.();
        }),
        { when: always },
      ),
    );
    expect(await browser.json('/')).toMatchObject({ user: null, data: { cart: ['tea'] } });
  });

  it('fail with a challenge is answered with it, if asked for', async () => {
    const bearer = strategy(function () {
      this.fail?.('Bearer realm="api"');
    });
    const options = { when: always, login: false };
    const silent = await start(chain(bearer, options));
    expect((await silent.fetch('/')).status).toBe(200);
    await running?.close();
    const browser = await start(chain(bearer, { ...options, challenge: true }));
    const response = await browser.fetch('/');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="api"');
    expect(await response.text()).toBe('Unauthorized\n');
  });

  it('fail with a status alone is answered with that', async () => {
    const forbid = strategy(function () {
      this.fail?.(403);
    });
    const browser = await start(chain(forbid, { when: always, challenge: true }));
    const response = await browser.fetch('/');
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([403, null]);
  });

  it('S7: a success that is no login establishes the user for the request, and issues no user cookie', async () => {
    const bearer = strategy(function () {
      this.success?.({ id: 'robot' });
    });
    const browser = await start(chain(bearer, { when: always, login: false }));
    expect(await browser.json('/')).toMatchObject({ user: { name: 'robot' } });
    expect(browser.cookie).toMatch(/^MOIN_SESSION=anon\./);
  });

  it.each([
    [
      'a thrown error',
      () => {
        throw new Error('thrown');
      },
      'thrown',
    ],
    ['a rejected promise', () => Promise.reject(new Error('rejected')), 'rejected'],
    [
      'an error that is none',
      function (this: Record<string, (error: string) => void>) {
        this.error?.('text');
      },
      'text',
    ],
    [
      'a user without an id',
      function (this: Record<string, (user: object) => void>) {
        this.success?.({});
      },
      'user: (profile) => ({ id, name })',
    ],
  ])('%s ends the request as failed', async (_what, act, message) => {
    await start(chain(strategy(act as never), { when: always }));
    expect(errors).toEqual(
      [0, 1].map(() => expect.objectContaining({ message: expect.stringContaining(message) })),
    );
  });

  it('something that is no strategy is refused at once', () => {
    expect(() => passport({} as never)).toThrow('passport needs a strategy');
  });
});
