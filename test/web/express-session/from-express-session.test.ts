import { createServer, type RequestListener } from 'node:http';
import express from 'express';
import session from 'express-session';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type AuthMethod, moinSession, type SessionsOptions } from '../../../src/index.js';
import { simulate } from '../../../src/simulate.js';
import { moinSessions } from '../../../src/web/express.js';
import {
  type FromExpressSession,
  type FromExpressSessionOptions,
  fromExpressSession,
  MoinStore,
} from '../../../src/web/express-session/store.js';
import { deferred } from '../../aid/deferred.js';
import { makeSite, type Site, simulateOptions } from '../../aid/site.js';
import { HttpBrowser } from '../../aid/web/http-browser.js';
import { listen } from '../../aid/web/listen.js';

const OLD_SECRET = 'keyboard cat';
const userOf = ({ user }: { user?: unknown }) => {
  const name = typeof user === 'string' ? user : null;
  return name === null ? null : { id: `u-${name}`, name };
};

let oldStore: session.MemoryStore;
let site: Site;
let moving: FromExpressSession;
let browser: HttpBrowser;
let origin: string;
let application: RequestListener;
/** The route `/slow`: that it has been reached, and when it answers. */
let slow: Record<'reached' | 'answer', ReturnType<typeof deferred>>;

beforeEach(async () => {
  oldStore = new session.MemoryStore();
  slow = { reached: deferred(), answer: deferred() };
  application = oldApplication();
  moveWith({});
  const running = await listen(createServer((request, response) => application(request, response)));
  onTestFinished(async () => void (await running.close()));
  origin = running.origin;
  browser = new HttpBrowser(origin);
});

/** The application before the change, with express-session. `/in/NAME` logs in, `/put/KEY/VALUE` sets a value. */
function oldApplication(store: object = oldStore, cookie: object = {}): RequestListener {
  const app = express();
  app.use(session({ store, secret: OLD_SECRET, cookie, resave: false, saveUninitialized: true }));
  app.get('/in/:user', (request, response) => {
    Object.assign(request.session, { user: request.params.user });
    response.send('in');
  });
  app.get('/put/:key/:value', ({ session, params }, response) => {
    Object.assign(session, { [params.key]: JSON.parse(params.value) });
    response.send('put');
  });
  app.get('/', (_request, response) => void response.send('old'));
  return app;
}

/** The application after the change. */
function newApplication(): RequestListener {
  const app = express();
  app.set('env', 'test');
  app.use(moinSessions(site.sessions, { onError: () => {} }));
  app.get('/sign-out', async (request, response) => {
    await moving.end(request);
    await request.session.destroy();
    response.send('out');
  });
  app.post('/log-out', async (request, response) => {
    await moving.end(request);
    await request.visit.logOut();
    response.send('out');
  });
  app.post('/log-in/:user', async ({ visit, params }, response) => {
    await visit.logIn({ id: `u-${params.user}`, name: String(params.user) });
    response.send('in');
  });
  app.post('/log-out-ours', async ({ visit }, response) => {
    await visit.logOut();
    response.send('out');
  });
  app.get('/slow', async ({ visit }, response) => {
    slow.reached.resolve();
    await slow.answer.promise;
    response.json({ user: visit.user?.name ?? null });
  });
  app.use(({ visit, session }, response) => {
    response.json({ user: visit.user?.name ?? null, data: session });
  });
  return app;
}

/** Makes the site of after the change, and its method. */
function moveWith(
  options: Partial<FromExpressSessionOptions>,
  more: Parameters<typeof makeSite>[0] = {},
): void {
  moving = fromExpressSession({ store: oldStore, secret: OLD_SECRET, user: userOf, ...options });
  const auth: SessionsOptions['auth'] = [
    'moin_login',
    'http_basic',
    moving,
    'moin_session',
    'moin_anon_session',
  ];
  site = makeSite({ auth, clock: Date.now, ...more });
}

const change = () => {
  application = newApplication();
};

async function logInBefore(name = 'alice'): Promise<string> {
  await browser.fetch(`/in/${name}`);
  await browser.fetch('/put/cart/["tea"]');
  return browser.cookie;
}

/** A client that sends these cookies and keeps none. */
async function withCookies(cookie: string, path = '/', init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(origin + path, { ...init, headers: { cookie, ...init.headers } });
  return response.ok ? response.json() : response.status;
}

const oldSessions = () =>
  new Promise<number>((resolve) => oldStore.length((_: unknown, count?: number) => resolve(count ?? 0)));

const ALICE = { user: 'alice', data: { user: 'alice', cart: ['tea'] } };
const NOBODY = { user: null, data: {} };

describe('a user of before the change', () => {
  it('is logged in at the first request after it, with their data, under a new token (S4)', async () => {
    await logInBefore();
    change();
    expect(await browser.json('/')).toEqual(ALICE);
    expect(browser.cookie).toContain('MOIN_SESSION=user.');
    expect(await browser.json('/')).toEqual(ALICE);
    expect(site.events.map(({ event }) => event)).toContain('created');
    expect(await site.records()).toMatchObject([{ user: { id: 'u-alice', method: 'express-session' } }]);
  });

  it('the old session ends when our cookie has come back, and the old cookie opens nothing any more', async () => {
    const old = await logInBefore();
    change();
    await browser.fetch('/');
    expect(await oldSessions()).toBe(1);
    await browser.fetch('/');
    expect(await oldSessions()).toBe(0);
    expect(await withCookies(old)).toEqual(NOBODY);
    expect(await browser.json('/')).toEqual(ALICE);
  });

  it('two first requests at once are both logged in, and each of their cookies is good', async () => {
    const old = await logInBefore();
    change();
    const [one, two] = await Promise.all([fetch(origin, { headers: { cookie: old } }), browser.fetch('/')]);
    expect([await one?.json(), await two?.json()]).toEqual([ALICE, ALICE]);
    const first = one?.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect(await withCookies(`${old}; ${first}`)).toEqual(ALICE);
    expect(await browser.json('/')).toEqual(ALICE);
  });

  it('an answer that is lost logs nobody out', async () => {
    const old = await logInBefore();
    change();
    expect(await withCookies(old)).toEqual(ALICE);
    expect(await withCookies(old)).toEqual(ALICE);
    expect(await browser.json('/')).toEqual(ALICE);
  });

  it('stays logged in when the method leaves the chain (spec 2)', async () => {
    await logInBefore();
    change();
    await browser.fetch('/');
    await browser.fetch('/');
    const { store, users } = site;
    site = makeSite({ store, users, clock: Date.now });
    change();
    expect(await browser.json('/')).toEqual(ALICE);
  });

  it('whom the directory does not know or has disabled is not logged in, and the data go to no visitor', async () => {
    await logInBefore();
    site.users.disable('alice');
    change();
    expect(await browser.json('/')).toEqual(NOBODY);
    expect(await browser.json('/')).toEqual(NOBODY);
    expect(await site.records()).toEqual([]);
    expect(await oldSessions()).toBe(1);
  });

  it("is not let in over the limit (onLimit: 'deny'), and the data go to no visitor (S9)", async () => {
    await logInBefore();
    moveWith({}, { onLimit: 'deny', maxSessionsPerUser: 1 });
    await site.browser().logIn('alice');
    change();
    expect(await browser.json('/')).toEqual(NOBODY);
    expect(await browser.json('/')).toEqual(NOBODY);
    expect(await site.records()).toHaveLength(1);
  });
});

describe('a logout', () => {
  it('by the form, as the very first request, ends the old session: nobody is logged in again', async () => {
    const old = await logInBefore();
    change();
    expect(await (await browser.post('/logout', { logout: '1' })).json()).toEqual(NOBODY);
    expect(await browser.json('/')).toEqual(NOBODY);
    expect(await withCookies(old)).toEqual(NOBODY);
  });

  it('by the form, as the second request, is not undone by the old cookie', async () => {
    const old = await logInBefore();
    change();
    await browser.fetch('/');
    await browser.post('/logout', { logout: '1' });
    expect(await withCookies(`${old}; ${browser.cookie}`)).toEqual(NOBODY);
  });

  it('in a route that calls end, as the very first request, is not undone either', async () => {
    const old = await logInBefore();
    change();
    await browser.fetch('/sign-out');
    expect(await withCookies(old)).toEqual(NOBODY);
    await moving.end({ headers: {} });
    await moving.end({ headers: { cookie: 'connect.sid=s%3Aforged.x' } });
  });

  it('by an operator before our cookie came back is not undone by the old cookie', async () => {
    await logInBefore();
    change();
    await browser.fetch('/');
    await site.sessions.endUser('u-alice');
    expect(await browser.json('/')).toEqual(NOBODY);
    expect(await browser.json('/')).toEqual(NOBODY);
    expect(await oldSessions()).toBe(0);
  });
});

describe('a first request that is slow', () => {
  it.each<[string, (wait: () => Promise<void>) => void]>([
    [
      'the old store answers late',
      (wait) => {
        const { get } = oldStore;
        oldStore.get = (sid, done) =>
          get.call(oldStore, sid, async (error: unknown, data?: object | null) => {
            await wait();
            done(error, data);
          });
      },
    ],
    [
      'user answers late',
      (wait) =>
        moveWith({
          user: async (data) => {
            await wait();
            return userOf(data);
          },
        }),
    ],
  ])('logs nobody in after a logout beside it: %s', async (_, slowDown) => {
    const old = await logInBefore();
    const reached = deferred();
    const answer = deferred();
    let isSlow = false;
    slowDown(async () => {
      if (!isSlow) return;
      isSlow = false;
      reached.resolve();
      await answer.promise;
    });
    change();
    await browser.fetch('/');
    isSlow = true;
    const late = fetch(origin, { headers: { cookie: old } });
    await reached.promise;
    await browser.fetch('/');
    await browser.fetch('/sign-out');
    answer.resolve();
    const response = await late;
    expect(await response.json()).toEqual(NOBODY);
    expect(response.headers.getSetCookie().join()).not.toContain('MOIN_SESSION=user.');
    expect(await site.records()).toEqual([]);
  });
});

describe('a logout beside a first request whose answer comes last', () => {
  const asForm = (jar: HttpBrowser) => jar.post('/logout', { logout: '1' });
  const asRoute = (jar: HttpBrowser) => jar.post('/log-out', {});

  /** Sends `/slow`, logs out meanwhile, and lets the browser have the answer of `/slow` last. */
  async function logOutBeside(logOut: (jar: HttpBrowser) => Promise<unknown>): Promise<void> {
    const late = fetch(`${origin}/slow`, { headers: { cookie: browser.cookie } });
    await slow.reached.promise;
    await logOut(browser);
    slow.answer.resolve();
    browser.keep(await late);
  }

  it.each([
    ['by the form', asForm],
    ['in a route', asRoute],
  ])('is final as a first request too: %s', async (_, logOut) => {
    await logInBefore();
    change();
    await logOutBeside(logOut);
    expect(browser.cookie).toContain('MOIN_SESSION=user.');
    expect(await browser.json('/')).toEqual(NOBODY);
    expect(await site.records()).toEqual([]);
  });

  it("is final where the slow request took the last place (onLimit: 'deny')", async () => {
    await logInBefore();
    moveWith({}, { onLimit: 'deny', maxSessionsPerUser: 1 });
    change();
    await logOutBeside(asRoute);
    expect(await browser.json('/')).toEqual(NOBODY);
  });

  it.each([
    ['by the form', asForm],
    ['in a route', asRoute],
    ['without a word to the method', (jar: HttpBrowser) => jar.post('/log-out-ours', {})],
  ])('is final after our cookie has come back and the old one is gone: %s', async (_, logOut) => {
    await logInBefore();
    change();
    await logOutBeside(async (jar) => {
      await jar.fetch('/');
      await jar.fetch('/');
      expect(jar.cookie).not.toContain('connect.sid');
      await logOut(jar);
    });
    expect(await browser.json('/')).toEqual(NOBODY);
  });

  it('is final between the last look into the old store and the first write', async () => {
    const old = await logInBefore();
    change();
    const { create } = site.store;
    const reached = deferred();
    const answer = deferred();
    site.store.create = async (record) => {
      site.store.create = create;
      reached.resolve();
      await answer.promise;
      return site.store.create(record);
    };
    const late = fetch(origin, { headers: { cookie: old } });
    await reached.promise;
    // A request of this process would wait for the login, but one of another process would not.
    await moving.end({ headers: { cookie: old } });
    answer.resolve();
    expect(await (await late).json()).toEqual(NOBODY);
    expect(await site.records()).toEqual([]);
  });

  it('leaves the sessions of other devices alone', async () => {
    await logInBefore();
    const other = new HttpBrowser(origin);
    await other.fetch('/in/alice');
    change();
    await other.fetch('/');
    await logOutBeside(asRoute);
    expect(await other.json('/')).toMatchObject({ user: 'alice' });
  });
});

describe('an application that goes back to the old code, and forward again', () => {
  const forth = change;
  const back = () => {
    application = oldApplication();
  };
  /** A login at the old code: it makes a new old session, because ours has ended the one of before. */
  const logInAtOld = (name: string) => browser.fetch(`/in/${name}`);

  async function moved(): Promise<void> {
    await logInBefore();
    forth();
    await browser.fetch('/');
    await browser.fetch('/');
    back();
  }

  it('opens the session of the user who has logged in at the old code, and ends ours', async () => {
    await moved();
    await logInAtOld('bob');
    forth();
    expect(await browser.json('/')).toEqual({ user: 'bob', data: { user: 'bob' } });
    expect(await browser.json('/')).toEqual({ user: 'bob', data: { user: 'bob' } });
    expect(await site.records()).toMatchObject([{ user: { id: 'u-bob' } }]);
    expect(await oldSessions()).toBe(0);
  });

  it('keeps our session of a user who has logged in there anew', async () => {
    await moved();
    await logInAtOld('alice');
    forth();
    expect(await browser.json('/')).toEqual(ALICE);
    expect(await oldSessions()).toBe(0);
    expect(await site.records()).toHaveLength(1);
  });

  it.each(['alice', 'bob'])(
    'moves the login of %s at the old code when ours has been ended',
    async (name) => {
      await moved();
      await site.sessions.endUser('u-alice');
      await logInAtOld(name);
      forth();
      expect(await browser.json('/')).toMatchObject({ user: name });
      expect(await browser.json('/')).toMatchObject({ user: name });
    },
  );

  it('logs both out where nobody can tell who came later', async () => {
    forth();
    await browser.post('/login', { login: '1', name: 'alice', password: 'alice' });
    back();
    await logInAtOld('bob');
    forth();
    expect(await browser.json('/')).toEqual(NOBODY);
    expect(await browser.json('/')).toEqual(NOBODY);
    expect([await oldSessions(), (await site.records()).length]).toEqual([0, 0]);
  });

  it('a login in a route over an old session of another user stands', async () => {
    await logInBefore();
    forth();
    await browser.post('/log-in/bob', {});
    expect(await browser.json('/')).toMatchObject({ user: 'bob' });
    expect(await oldSessions()).toBe(0);
    expect(await browser.json('/')).toMatchObject({ user: 'bob' });
  });
});

describe('a method before that takes the user away', () => {
  it('is not overruled by the old session', async () => {
    await logInBefore();
    const proxy: AuthMethod = {
      name: 'proxy',
      authenticate: () => ({ user: { id: 'u-alice', name: 'alice' }, continue: true }),
    };
    const ban: AuthMethod = { name: 'ban', authenticate: () => ({ user: null, continue: true }) };
    moveWith({}, {});
    site = makeSite({ auth: [proxy, ban, moving, 'moin_session'], clock: Date.now });
    change();
    expect(await browser.json('/')).toEqual(NOBODY);
    expect(await browser.json('/')).toEqual(NOBODY);
    expect([await oldSessions(), (await site.records()).length]).toEqual([1, 0]);
  });
});

describe('a login form as the first request', () => {
  const logIn = (name: string) => browser.post('/login', { login: '1', name, password: name });

  it('of the same user takes the data along', async () => {
    await logInBefore();
    change();
    expect(await (await logIn('alice')).json()).toEqual(ALICE);
    await browser.fetch('/');
    expect(await oldSessions()).toBe(0);
  });

  it('of another user takes nothing, and the old session ends (S4)', async () => {
    await logInBefore();
    change();
    expect(await (await logIn('bob')).json()).toEqual({ user: 'bob', data: {} });
    expect(await browser.json('/')).toEqual({ user: 'bob', data: {} });
    expect(await oldSessions()).toBe(0);
  });

  it('that fails changes nothing: the next request is logged in by the old session (S5)', async () => {
    await logInBefore();
    change();
    await browser.post('/login', { login: '1', name: 'bob', password: 'wrong' });
    expect(await browser.json('/')).toEqual(ALICE);
  });

  it('takes a visitor’s data along (S4)', async () => {
    await browser.fetch('/put/cart/["tea"]');
    change();
    expect(await (await logIn('bob')).json()).toEqual({ user: 'bob', data: { cart: ['tea'] } });
  });
});

describe('a visitor of before the change', () => {
  it('has their data at the first request after it, and keeps them when the old session ends', async () => {
    await browser.fetch('/put/cart/["tea"]');
    change();
    expect(await browser.json('/')).toEqual({ user: null, data: { cart: ['tea'] } });
    expect(await oldSessions()).toBe(1);
    expect(await site.records()).toMatchObject([{ kind: 'anonymous', data: { cart: ['tea'] } }]);
    expect(await browser.json('/')).toEqual({ user: null, data: { cart: ['tea'] } });
    expect(await oldSessions()).toBe(0);
    expect(await browser.json('/')).toEqual({ user: null, data: { cart: ['tea'] } });
  });

  it('whose first answer is lost has their data at the second request', async () => {
    await browser.fetch('/put/cart/["tea"]');
    change();
    expect(await withCookies(browser.cookie)).toMatchObject({ data: { cart: ['tea'] } });
    expect(await browser.json('/')).toMatchObject({ data: { cart: ['tea'] } });
  });

  it('without data costs no record, and the old session ends at once (S8)', async () => {
    await browser.fetch('/');
    expect(await oldSessions()).toBe(1);
    change();
    for (let count = 0; count < 3; count++) expect(await browser.json('/')).toEqual(NOBODY);
    expect(await oldSessions()).toBe(0);
    expect(await site.records()).toEqual([]);
  });

  it('keeps the old session when the new site has none for visitors', async () => {
    await browser.fetch('/put/cart/["tea"]');
    moveWith({}, { anonymousCookieLifetime: 0, auth: [moving, 'moin_session'] });
    change();
    expect(await browser.json('/')).toEqual(NOBODY);
    expect(await oldSessions()).toBe(1);
  });

  it('who gets another old session meanwhile keeps the data of both', async () => {
    await browser.fetch('/put/cart/["tea"]');
    change();
    await browser.fetch('/');
    const ours = browser.cookie.split('; ').find((pair) => pair.startsWith('MOIN_SESSION')) ?? '';
    application = oldApplication();
    const other = new HttpBrowser(origin);
    await other.fetch('/put/wishes/["milk"]');
    change();
    expect(await withCookies(`${other.cookie}; ${ours}`)).toMatchObject({
      data: { cart: ['tea'], wishes: ['milk'] },
    });
  });

  it('who has put something into the new session keeps that under the same key', async () => {
    change();
    await browser.fetch('/');
    const ours = browser.cookie.replace('MOIN_SESSION=', '');
    const tab = site.browser();
    tab.plant(ours);
    await tab.visit({}, (session) => session.set('cart', ['new']));
    application = oldApplication();
    await browser.fetch('/put/cart/["old"]');
    await browser.fetch('/put/more/1');
    change();
    expect(await browser.json('/')).toMatchObject({ data: { cart: ['new'], more: 1 } });
  });
});

describe('a user who asked to be remembered', () => {
  const DAY = 24 * 3600;
  const age = (headers: Headers) => Number(/Max-Age=(\d+)/.exec(headers.getSetCookie().join())?.[1]) / DAY;

  it.each([
    ['30 days', 30, 400],
    ['5 minutes', 5 / 1440, 0.5],
    ['no lifetime', null, 0.5],
  ])('is remembered if the old cookie lasts longer than a login: %s', async (_, days, expected) => {
    application = oldApplication(oldStore, { maxAge: days && days * DAY * 1000 });
    await logInBefore();
    change();
    expect(age((await browser.fetch('/')).headers)).toBe(expected);
    expect(await site.records()).toMatchObject([{ remember: expected > 1 }]);
  });

  it('is who the option remember says', async () => {
    moveWith({ remember: ({ stay }) => stay === true });
    application = oldApplication(oldStore, { maxAge: 30 * DAY * 1000 });
    const other = new HttpBrowser(origin);
    await other.fetch('/in/bob');
    await logInBefore();
    await browser.fetch('/put/stay/true');
    change();
    expect(age((await browser.fetch('/')).headers)).toBe(400);
    expect(age((await other.fetch('/')).headers)).toBe(0.5);
  });
});

describe('the limit of sessions per user (S9)', () => {
  const shareOneStore = (max: number, onLimit: 'evict' | 'deny') => {
    const store = new MoinStore(site.store, { user: userOf });
    application = oldApplication(store);
    moving = fromExpressSession({ store, secret: OLD_SECRET, user: userOf });
    const limits = { onLimit, maxSessionsPerUser: max };
    site = makeSite({ store: site.store, auth: [moving, 'moin_session'], clock: Date.now, ...limits });
    return store;
  };

  it.each(['evict', 'deny'] as const)(
    '%s: an old session and those it moves to count once',
    async (onLimit) => {
      const store = shareOneStore(1, onLimit);
      const old = await logInBefore();
      change();
      for (let lost = 0; lost < 3; lost++) expect(await withCookies(old)).toEqual(ALICE);
      expect(await browser.json('/')).toEqual(ALICE);
      expect(await browser.json('/')).toEqual(ALICE);
      expect(await store.get('nobody')).toBeUndefined();
    },
  );

  it.each(['evict', 'deny'] as const)(
    '%s: two devices of MoinStore stay two, whichever moves first',
    async (onLimit) => {
      shareOneStore(2, onLimit);
      const newer = new HttpBrowser(origin);
      await logInBefore();
      await newer.fetch('/in/alice');
      change();
      for (let round = 0; round < 3; round++)
        for (const device of [newer, browser])
          expect(await device.json('/')).toMatchObject({ user: 'alice' });
    },
  );

  it('a client that keeps no cookies has 10 sessions at most, and its old one stays', async () => {
    shareOneStore(2, 'evict');
    const old = await logInBefore();
    change();
    for (let count = 0; count < 13; count++) expect(await withCookies(old)).toEqual(ALICE);
    let active = 0;
    for await (const _ of site.sessions.list({ userId: 'u-alice', state: 'active' })) active++;
    expect(active).toBe(11);
  });

  it('ends all sessions of one origin together', async () => {
    moveWith({}, { maxSessionsPerUser: 1 });
    const old = await logInBefore();
    change();
    await withCookies(old);
    await browser.fetch('/');
    await site.browser().logIn('alice');
    const active = (await site.records()).filter(({ ended }) => ended === null);
    expect(active).toHaveLength(1);
  });
});

describe('what moves', () => {
  it('is what keep names', async () => {
    moveWith({ keep: ['cart', 'absent'] });
    await logInBefore();
    change();
    expect(await browser.json('/')).toEqual({ user: 'alice', data: { cart: ['tea'] } });
  });

  it('is never whom a superuser acts as, nor what Passport says of the user', async () => {
    moveWith({}, { superuser: ['alice'] });
    await logInBefore();
    await browser.fetch('/put/setuid/"u-bob"');
    await browser.fetch('/put/passport/{"user":"u-bob"}');
    change();
    expect(await browser.json('/')).toEqual(ALICE);
  });

  it('by default is found by the id that Passport keeps; the directory knows the name', async () => {
    moveWith({ user: undefined as never });
    moving = fromExpressSession({ store: oldStore, secret: OLD_SECRET });
    site = makeSite({ auth: [moving, 'moin_session'], clock: Date.now });
    await browser.fetch('/put/passport/{"user":"u-alice"}');
    change();
    expect(await browser.json('/')).toEqual({ user: 'alice', data: {} });
    expect(await site.records()).toMatchObject([{ user: { method: 'express-session:passport' } }]);
  });

  it.each<[string, unknown, unknown]>([
    ['undefined is a visitor', undefined, { user: null }],
    ['a number as the id is its text', { id: 17, name: 'alice' }, { user: 'alice' }],
  ])('is of the user whom user gives: %s', async (_, given, expected) => {
    moving = fromExpressSession({ store: oldStore, secret: OLD_SECRET, user: () => given as never });
    site.users.findById = async (id) => ({ id, name: 'alice' });
    site = makeSite({ users: site.users, auth: [moving, 'moin_session', 'moin_anon_session'] });
    await logInBefore();
    change();
    expect(await browser.json('/')).toMatchObject(expected as object);
    const [record] = await site.records();
    expect(record?.user?.id).toBe(given === undefined ? undefined : '17');
  });

  it.each([[{ id: 17 }], [{ name: 'alice' }], ['alice'], [{ id: '', name: '' }]])(
    'is nothing, and the error says what user must give, for %j',
    async (given) => {
      moveWith({ user: () => given as never });
      const cookie = await logInBefore();
      await expect(site.sessions.begin({ headers: { cookie } })).rejects.toThrow(
        "option user must give { id, name }, both texts that are not empty, or null for a visitor's session",
      );
    },
  );

  it("is not what express-session's stores keep for themselves", async () => {
    await logInBefore();
    await browser.fetch('/put/__lastAccess/1');
    change();
    expect(await browser.json('/')).toEqual(ALICE);
  });

  it('may be asked of a database: user may be asynchronous', async () => {
    moveWith({ user: async (data) => userOf(data) });
    await logInBefore();
    change();
    expect(await browser.json('/')).toEqual(ALICE);
  });
});

describe('the old store', () => {
  it('that fails fails the request: nobody is logged in, and the next request is', async () => {
    await logInBefore();
    const cookies = browser.cookie;
    const { get, destroy } = oldStore;
    oldStore.get = (_sid, done) => void done(new Error('the old store is down'));
    change();
    expect((await browser.fetch('/')).status).toBe(500);
    expect(browser.cookie).toBe(cookies);
    oldStore.get = get;
    expect(await browser.json('/')).toEqual(ALICE);
    oldStore.destroy = (_sid, done) => void done?.(new Error('the old store is down'));
    expect((await browser.fetch('/')).status).toBe(500);
    oldStore.destroy = destroy;
    expect(await browser.json('/')).toEqual(ALICE);
  });

  it('that reports a missing file means that there is no session, as express-session takes it', async () => {
    await logInBefore();
    const missing = Object.assign(new Error('no file'), { code: 'ENOENT' });
    oldStore.get = (_sid, done) => void done(missing);
    oldStore.destroy = (_sid, done) => void done?.(missing);
    change();
    expect(await browser.json('/')).toEqual(NOBODY);
    expect(await browser.json('/')).toEqual(NOBODY);
  });

  it('that gives a session whose time is over opens nothing', async () => {
    await logInBefore();
    oldStore.get = (_sid, done) =>
      void done(null, { user: 'alice', cookie: { expires: new Date(Date.now() - 1) } });
    change();
    expect(await browser.json('/')).toEqual(NOBODY);
  });

  it('may be ours: MoinStore and the new sessions share one', async () => {
    const store = new MoinStore(site.store);
    application = oldApplication(store);
    await logInBefore();
    moving = fromExpressSession({ store, secret: OLD_SECRET, user: userOf });
    site = makeSite({ store: site.store, auth: [moving, 'moin_session'], clock: Date.now });
    change();
    expect(await browser.json('/')).toEqual(ALICE);
    expect(await browser.json('/')).toEqual(ALICE);
    expect(await store.length()).toBe(1);
  });

  it('is not changed by simulate', async () => {
    const old = await logInBefore();
    change();
    await browser.fetch('/');
    const auth = [moving, moinSession()];
    const options = simulateOptions(site, { auth, clock: Date.now });
    for (const cookie of [old, `${old}; ${browser.cookie}`]) {
      const { requests } = await simulate(options, { request: { headers: { cookie } } });
      expect(requests[0]?.user?.name).toBe('alice');
    }
    expect(await oldSessions()).toBe(1);
  });
});

describe('the old cookie', () => {
  it('with a forged, foreign or broken signature costs no access to the old store', async () => {
    await logInBefore();
    const [name = '', value = ''] = browser.cookie.split('=');
    let asked = 0;
    oldStore.get = (_sid, done) => {
      asked++;
      done(null, null);
    };
    change();
    const sid = decodeURIComponent(value).slice(2).split('.')[0];
    const forged = [
      value.slice(0, -1),
      `${value}x`,
      value.replace('s%3A', 'j%3A'),
      `s%3A${sid}.`,
      `s%3A${sid}`,
      `s:${sid}.AAAA`,
      sid,
      '%',
      's%3A.x',
      '',
    ];
    for (const text of forged) expect(await withCookies(`${name}=${text}`)).toEqual(NOBODY);
    moveWith({ secret: 'another secret' });
    change();
    expect(await withCookies(`${name}=${value}`)).toEqual(NOBODY);
    expect(asked).toBe(0);
  });

  it('is not ended by a user cookie of ours without a good signature', async () => {
    const old = await logInBefore();
    change();
    const planted = `MOIN_SESSION=user.${'a'.repeat(43)}.${'b'.repeat(43)}`;
    expect(await withCookies(`${old}; ${planted}`)).toEqual(ALICE);
    expect(await oldSessions()).toBe(1);
  });

  it("beside a visitor's token that was replaced a moment ago moves nothing, and sets no cookie of ours", async () => {
    change();
    const tab = site.browser();
    await tab.visit();
    await tab.visit({}, (session) => session.set('cart', ['new']));
    const replaced = tab.cookie;
    await tab.visit({}, (session) => session.rotate());
    application = oldApplication();
    await browser.fetch('/put/more/1');
    change();
    const headers = { cookie: `${browser.cookie}; MOIN_SESSION=${replaced}` };
    const response = await fetch(origin, { headers });
    expect(await response.json()).toEqual(NOBODY);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await oldSessions()).toBe(1);
  });

  it('is verified by any of several secrets, and may have another name', async () => {
    const app = express();
    app.use(
      session({ store: oldStore, secret: OLD_SECRET, name: 'sid', resave: false, saveUninitialized: true }),
    );
    app.use(({ session }, response) => {
      Object.assign(session, { user: 'alice', cart: ['tea'] });
      response.send('in');
    });
    application = app;
    await browser.fetch('/');
    moveWith({ secret: ['new', Buffer.from(OLD_SECRET)], name: 'sid' });
    change();
    expect(await browser.json('/')).toEqual(ALICE);
  });

  it('is deleted, with its path and domain, when the old session ends', async () => {
    moveWith({ cookie: { path: '/app', domain: 'example.com' } });
    const answers: unknown[] = [];
    const noting: AuthMethod = {
      name: moving.name,
      async authenticate(...given) {
        const answer = await moving.authenticate(...given);
        answers.push(answer);
        return answer;
      },
    };
    const old = await logInBefore();
    const { sessions } = makeSite({ auth: [noting, 'moin_session'], clock: Date.now });
    const first = await (await sessions.begin({ headers: { cookie: old } })).commit();
    const ours = String(first['set-cookie']).split(';', 1)[0];
    await sessions.begin({ headers: { cookie: `${old}; ${ours}` }, secure: true });
    expect(answers).toEqual([
      expect.not.objectContaining({ headers: expect.anything() }),
      expect.objectContaining({
        headers: {
          'set-cookie': [
            'connect.sid=; Path=/app; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Domain=example.com; Secure',
          ],
        },
      }),
    ]);
  });

  it('that another site sends along logs nobody in, and overwrites no cookie of ours', async () => {
    const old = await logInBefore();
    change();
    const headers = { 'sec-fetch-site': 'cross-site', cookie: old };
    const response = await fetch(origin, { method: 'POST', headers });
    expect(await response.json()).toEqual(NOBODY);
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await browser.json('/')).toEqual(ALICE);
  });
});

describe('a wrong configuration', () => {
  const RIGHT = { store: { get() {}, destroy() {} }, secret: 'x' };

  it.each<[string, object, string]>([
    ['no store', { secret: 'x' }, 'option store must be the old store'],
    ['a path', { store: 'file:sessions', secret: 'x' }, 'option store must be the old store'],
    ['no secret', { store: { get() {}, destroy() {} } }, 'option secret must be'],
    ['an empty list of secrets', { store: { get() {}, destroy() {} }, secret: [] }, 'option secret must be'],
    ['a key in place of a list', { ...RIGHT, keep: 'cart' }, "keep must be a list of session keys: ['cart']"],
    ['keys that are no text', { ...RIGHT, keep: [1] }, 'keep must be a list'],
    ['a user that is no function', { ...RIGHT, user: 'x' }, 'option user must be a function'],
    ['a remember that is none', { ...RIGHT, remember: true }, 'option remember must be a function'],
    ['an unknown option', { store: {}, secret: 'x', key: 'sid' }, 'there is no option "key"'],
    ['a path with an attribute', { cookie: { path: '/; Domain=x' } }, 'option cookie.path must be a path'],
    ['a path with a line break', { cookie: { path: '/\r\nX: y' } }, 'option cookie.path must be a path'],
    ['a domain with an attribute', { cookie: { domain: 'a.com; Secure' } }, 'option cookie.domain must be'],
    ['a misspelt part of the cookie', { cookie: { pth: '/' } }, 'there is no option "pth"'],
    ['a cookie that is none', { cookie: 'a=1' }, 'option cookie must be an object'],
    ['a name that is none', { name: 'a;b' }, 'option name must be the name of the old cookie'],
  ])('%s is refused at once', (_, options, message) => {
    const whole = 'cookie' in options || 'name' in options ? { store: oldStore, secret: 'x' } : {};
    expect(() => fromExpressSession({ ...whole, ...options } as FromExpressSessionOptions)).toThrow(message);
  });

  it('a chain with it behind moin_session is refused at once', () => {
    expect(() => makeSite({ auth: ['moin_session', moving] })).toThrow(
      /from_express_session stands behind moin_session in 'auth'.*: put it before moin_session$/,
    );
  });
});
