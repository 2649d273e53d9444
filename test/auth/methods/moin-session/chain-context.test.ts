import { beforeEach, describe, expect, it } from 'vitest';
import { bearer, SESSION_PATH } from '../../../../examples/bearer/bearer.mjs';
import type { AuthMethod, AuthResult } from '../../../../src/auth/method.js';
import { HOUR, MINUTE } from '../../../../src/base/clock.js';
import type { SessionsOptions } from '../../../../src/config/options.js';
import type { IncomingRequest } from '../../../../src/http/request.js';
import type { Session } from '../../../../src/session/session.js';
import type { Visit } from '../../../../src/visit/visit.js';
import { onlyRecord } from '../../../aid/records.js';
import { byHeader, makeSite, type Site } from '../../../aid/site.js';

const CHAIN = ['moin_login', bearer, 'moin_session', 'moin_anon_session'] as const;

let site: Site;

/** A site with the example's method, at the same store if one is given. */
const siteWith = (options: SessionsOptions = {}) => makeSite({ auth: CHAIN, ...options });

/** An API client. It keeps the token that it gets. */
class Client {
  token: string | undefined;

  constructor(readonly at: Site = site) {}

  async request(request: IncomingRequest = {}, act: (session: Session) => unknown = () => {}) {
    const authorization = this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
    const visit = await this.at.sessions.begin({
      ...request,
      headers: { ...request.headers, ...authorization },
    });
    await act(visit.session);
    const headers = await visit.commit();
    if (typeof headers['x-session-token'] === 'string') this.token = headers['x-session-token'];
    return { visit, headers, user: visit.user?.name ?? null, reason: reasonOf(visit) };
  }

  logIn(name: string, password = name) {
    return this.request({ method: 'POST', url: SESSION_PATH, form: { login: true, name, password } });
  }

  logOut() {
    return this.request({ method: 'POST', url: SESSION_PATH, form: { logout: true } });
  }
}

function reasonOf({ trace }: Visit): string | undefined {
  return trace.find(({ method }) => method === 'bearer')?.reason;
}

async function loggedIn(name = 'alice', at: Site = site): Promise<Client> {
  const client = new Client(at);
  expect((await client.logIn(name)).user).toBe(name);
  return client;
}

beforeEach(() => {
  site = siteWith();
});

describe('a session whose token travels in Authorization: Bearer', () => {
  it('S4: begins with a login, which gives the token in a header and sets no cookie', async () => {
    const client = new Client();
    const { headers, reason } = await client.logIn('alice');
    expect(reason).toBe('login');
    expect(client.token).toMatch(/^user\.[\w-]{43}\.[\w-]{43}$/);
    expect(headers).not.toHaveProperty('set-cookie');
    expect(await onlyRecord(site.store)).toMatchObject({
      kind: 'user',
      user: { id: 'u-alice', method: 'moin_login' },
    });
  });

  it('is restored with its user and values, and no request sets a cookie', async () => {
    const client = await loggedIn();
    const write = await client.request({}, (session) => session.set('note', 'tea'));
    const read = await client.request();
    expect([read.user, read.reason, read.visit.session.get('note')]).toEqual(['alice', 'restored', 'tea']);
    for (const { headers } of [write, read]) {
      expect(headers).not.toHaveProperty('set-cookie');
      expect(headers).not.toHaveProperty('x-session-token');
      expect(headers.vary).toBe('Cookie, Authorization');
    }
    expect(read.visit.trace.map(({ method }) => method)).toEqual(['moin_login', 'bearer']);
  });

  it('the store and the trace do not hold the token', async () => {
    const client = await loggedIn();
    const { visit } = await client.request({}, (session) => session.set('note', 'tea'));
    const [, secret] = String(client.token).split('.');
    expect(JSON.stringify([await site.store.contents(), visit.trace, site.events])).not.toContain(secret);
  });

  it('a wrong password logs nobody in; the session of before stays', async () => {
    const client = await loggedIn();
    const before = client.token;
    const { user, reason } = await client.request({
      url: SESSION_PATH,
      form: { login: true, name: 'alice', password: 'wrong' },
    });
    expect([user, reason]).toEqual([null, 'login-failed']);
    client.token = before;
    expect((await client.request()).user).toBe('alice');
  });

  it('S3: a disabled user is out at the next request, and logs in no more', async () => {
    const client = await loggedIn();
    site.users.disable('alice');
    expect(await client.request()).toMatchObject({ user: null, reason: 'refused-user' });
    expect((await client.logIn('alice')).user).toBeNull();
  });

  it('S3: opens nothing in grace, after a purge, and under another secret', async () => {
    const client = await loggedIn();
    site.pass(12 * HOUR);
    expect(await client.request()).toMatchObject({ user: null, reason: 'refused-expired' });
    site.pass(HOUR);
    await site.sessions.purge({ state: 'expired' });
    expect((await client.request()).reason).toBe('refused-unknown');
    const { store, users } = site;
    const other = siteWith({ store, users, secrets: 'another secret of the tests, 32 bytes' });
    const stranger = new Client(other);
    stranger.token = client.token;
    expect((await stranger.request()).reason).toBe('bad-signature');
  });

  it('rubbish costs no store access', async () => {
    const client = new Client();
    const finds = countFinds(site);
    for (const token of ['x', `user.${'a'.repeat(43)}.${'b'.repeat(43)}`, 'x'.repeat(100_000), '__proto__']) {
      client.token = token;
      expect((await client.request()).user).toBeNull();
    }
    expect(finds()).toBe(0);
  });

  it('S6: a logout ends it for good, and later methods see who it was', async () => {
    const client = await loggedIn();
    const copy = new Client();
    copy.token = client.token;
    const { visit, reason } = await client.logOut();
    expect(reason).toBe('logout');
    expect(visit.user).toBeNull();
    expect(visit.session.available).toBe(false);
    expect(visit.trace.at(-1)?.userAfter).toMatchObject({ name: 'alice', valid: false });
    expect(await site.records()).toEqual([]);
    expect((await copy.request()).reason).toBe('refused-unknown');
    expect((await copy.logOut()).reason).toBe('logout');
  });

  it('S8: is refreshed at most once in a tenth of its lifetime', async () => {
    const client = await loggedIn();
    const { cookieExpires } = await onlyRecord(site.store);
    site.pass(MINUTE);
    await client.request();
    expect((await onlyRecord(site.store)).cookieExpires).toBe(cookieExpires);
    site.pass(2 * HOUR);
    await client.request();
    expect((await onlyRecord(site.store)).cookieExpires).toBe(cookieExpires + 2 * HOUR + MINUTE);
  });

  it('S9: counts towards the limit, beside the sessions of browsers', async () => {
    const few = siteWith({ maxSessionsPerUser: 2 });
    const browser = few.browser();
    await browser.logIn('alice');
    few.pass(1);
    const client = await loggedIn('alice', few);
    few.pass(1);
    await loggedIn('alice', few);
    expect((await browser.visit()).user).toBeNull();
    expect((await client.request()).user).toBe('alice');
  });

  it('S9: with onLimit deny the login is refused, and gives no token', async () => {
    const strict = siteWith({ maxSessionsPerUser: 1, onLimit: 'deny' });
    await loggedIn('alice', strict);
    const late = new Client(strict);
    expect(await late.logIn('alice')).toMatchObject({ user: null, reason: 'login-denied' });
    expect(late.token).toBeUndefined();
  });

  it('S5: a login that is denied leaves the session of before as it was', async () => {
    const strict = siteWith({ maxSessionsPerUser: 1, onLimit: 'deny' });
    await loggedIn('bob', strict);
    const client = await loggedIn('alice', strict);
    const before = client.token;
    const { visit, reason, headers } = await client.logIn('bob');
    expect([visit.user?.name, reason]).toEqual(['alice', 'login-denied']);
    expect(headers).not.toHaveProperty('x-session-token');
    strict.users.disable('bob');
    expect((await client.logIn('bob')).reason).toBe('login-failed');
    client.token = before;
    expect((await client.request()).user).toBe('alice');
  });

  it('S9: of two logins at once for the last place one gets a token', async () => {
    const strict = siteWith({ maxSessionsPerUser: 1, onLimit: 'deny' });
    const clients = [new Client(strict), new Client(strict)];
    await Promise.all(clients.map((client) => client.logIn('alice')));
    expect(clients.filter(({ token }) => token !== undefined)).toHaveLength(1);
    expect(await strict.records()).toHaveLength(1);
  });

  it('S4: a login over the own session takes its data along; another user gets none, and the session ends', async () => {
    const client = await loggedIn();
    await client.request({}, (session) => session.set('note', 'tea'));
    await client.logIn('alice');
    expect((await onlyRecord(site.store)).data).toEqual({ note: 'tea' });
    await client.logIn('bob');
    expect(await onlyRecord(site.store)).toMatchObject({ user: { name: 'bob' }, data: {} });
  });

  it('a rotation gives the client a new token, and the old one opens nothing', async () => {
    const client = await loggedIn();
    const old = new Client();
    old.token = client.token;
    const { headers } = await client.request({}, (session) => session.rotate());
    expect(client.token).not.toBe(old.token);
    expect(headers).not.toHaveProperty('set-cookie');
    expect((await old.request()).user).toBeNull();
    expect((await client.request()).user).toBe('alice');
  });

  it('S10: beside a user whom a method established, only that user’s session opens', async () => {
    const { store, users } = site;
    const proxied = makeSite({ store, users, auth: [byHeader, 'moin_login', bearer, 'moin_session'] });
    const client = await loggedIn('alice');
    await client.request({}, (session) => session.set('note', 'tea'));
    const as = new Client(proxied);
    as.token = client.token;
    const alice = await as.request({ headers: { 'x-user': 'alice' } });
    expect([alice.user, alice.visit.session.get('note')]).toEqual(['alice', 'tea']);
    const bob = await as.request({ headers: { 'x-user': 'bob' } });
    expect([bob.user, bob.reason]).toEqual(['bob', 'refused-other-user']);
    expect(bob.visit.session.available).toBe(false);
    expect((await client.request()).user).toBe('alice');
  });

  it('S5: a refused login logs in no user whom another method established; after a veto no token opens', async () => {
    const { store, users } = site;
    const proxied = makeSite({ store, users, auth: [byHeader, 'moin_login', bearer] });
    const client = new Client(proxied);
    const headers = { 'x-user': 'alice' };
    const form = { login: true, name: 'bob', password: 'wrong' };
    expect((await client.request({ url: SESSION_PATH, headers, form })).reason).toBe('login-failed');
    expect(client.token).toBeUndefined();
    const veto: AuthMethod = { name: 'veto', authenticate: () => ({ user: null, continue: true }) };
    const strict = makeSite({ store, users, auth: [byHeader, veto, 'moin_login', bearer] });
    const vetoed = new Client(strict);
    vetoed.token = (await loggedIn('alice')).token;
    expect((await vetoed.request({ headers })).user).toBeNull();
  });

  it('`list`, `expire` and `endUser` know it like any other', async () => {
    const client = await loggedIn();
    const { id } = await onlyRecord(site.store);
    for await (const info of site.sessions.list({ userId: 'u-alice' })) expect(info.id).toBe(id);
    await site.sessions.expire([id]);
    expect((await client.request()).reason).toBe('refused-expired');
  });

  it('browsers beside it have the cookie; a form of another site logs no client in', async () => {
    const browser = site.browser();
    expect((await browser.logIn('alice')).sent).toMatchObject({ kind: 'user', action: 'set' });
    expect((await browser.visit()).user).toBe('alice');
    const client = new Client();
    const { visit } = await client.request({
      method: 'POST',
      url: SESSION_PATH,
      headers: { 'sec-fetch-site': 'cross-site' },
      form: { login: true, name: 'alice', password: 'alice' },
    });
    expect(visit.user).toBeNull();
    expect(client.token).toBeUndefined();
  });

  it('a method behind it that takes the user away leaves no session and no token', async () => {
    const goesOn: AuthMethod = {
      name: 'bearer',
      async authenticate(request, known, context) {
        return { ...((await bearer.authenticate(request, known, context)) as AuthResult), continue: true };
      },
    };
    const veto: AuthMethod = { name: 'veto', authenticate: () => ({ user: null, continue: true }) };
    const strict = siteWith({ auth: ['moin_login', goesOn, veto] });
    const client = new Client(strict);
    expect((await client.logIn('alice')).user).toBeNull();
    expect(client.token).toBeUndefined();
    expect(await strict.records()).toEqual([]);
  });
});

/** Replaces `moin_session` by the cookie `own`, for visitors too. */
const ownCookie: AuthMethod = {
  name: 'own_cookie',
  async authenticate(request, { user, login, logout, cookies }, { context }) {
    const sent = cookies.get('own');
    const open = () => {
      if (login && user !== null)
        return context.logIn(user, { ...(sent !== undefined && { replaces: sent }) });
      if (sent === undefined) return context.visitor();
      return logout ? context.logOut(sent) : context.restore(sent);
    };
    const opened = await open();
    request.session = opened.session;
    const headers = () => {
      if (opened.token === null) return { 'set-cookie': 'own=; Path=/; Max-Age=0' };
      const maxAge = Math.round((Number(opened.tokenExpires) - site.time.now) / 1000);
      return opened.token === sent ? {} : { 'set-cookie': `own=${opened.token}; Path=/; Max-Age=${maxAge}` };
    };
    return { ...opened, continue: false, headers };
  },
};

describe('a session under a cookie of the method’s own', () => {
  beforeEach(() => {
    site = makeSite({ auth: ['moin_login', ownCookie] });
  });

  it('A1 S2: a visitor has it at once; a record is written with the first value', async () => {
    const browser = site.browser();
    const first = await browser.visit();
    expect(first.headers['set-cookie']).toMatch(/^own=anon\..*; Max-Age=7200$/);
    expect(await site.records()).toEqual([]);
    const second = await browser.visit({}, (session) => session.set('cart', 'tea'));
    expect(second.reasons.own_cookie).toBe('anonymous-new');
    const third = await browser.visit();
    expect(third.session.get('cart')).toBe('tea');
    expect(third.reasons.own_cookie).toBe('anonymous-restored');
    expect(third.headers).not.toHaveProperty('set-cookie');
  });

  it('S4 S6: a login moves the data to a new token, and a logout deletes the cookie', async () => {
    const browser = site.browser();
    await browser.visit({}, (session) => session.set('cart', 'tea'));
    const thief = browser.copy();
    const login = await browser.logIn('alice');
    expect(login.headers['set-cookie']).toMatch(/^own=user\..*; Max-Age=43200$/);
    expect(await onlyRecord(site.store)).toMatchObject({ kind: 'user', data: { cart: 'tea' } });
    expect((await browser.visit()).user).toBe('alice');
    expect((await thief.visit()).reasons.own_cookie).toBe('refused-unknown');
    expect((await browser.logOut()).headers['set-cookie']).toBe('own=; Path=/; Max-Age=0');
    expect(await site.records()).toEqual([]);
  });

  it('S6: a visitor who logs out keeps session and cookie', async () => {
    const browser = site.browser();
    await browser.visit({}, (session) => session.set('cart', 'tea'));
    const { headers, session } = await browser.logOut();
    expect(session.get('cart')).toBe('tea');
    expect(headers).not.toHaveProperty('set-cookie');
  });

  it.each([
    ['stores something', 1],
    ['stores nothing', undefined],
  ])(
    'S5: a login that loses the last place leaves the visitor’s session and cookie, if the application %s',
    async (_, more) => {
      const auth = ['moin_login' as const, ownCookie];
      site = makeSite({ auth, maxSessionsPerUser: 1, onLimit: 'deny' });
      const browsers = [site.browser(), site.browser()];
      for (const browser of browsers) await browser.visit({}, (session) => session.set('cart', 'tea'));
      const form = { login: true, name: 'alice', password: 'alice' };
      const logins = await Promise.all(
        browsers.map((browser) => browser.visit({ form }, (session) => more && session.set('more', more))),
      );
      const loser = logins.findIndex(({ user }) => user === null);
      expect(logins[loser]?.session.get('cart')).toBe('tea');
      expect(logins[loser]?.headers).not.toHaveProperty('set-cookie');
      expect(String(logins[1 - loser]?.headers['set-cookie'])).toMatch(/^own=user/);
      const { user, session } = (await browsers[loser]?.visit()) ?? {};
      expect([user, session?.get('more')]).toEqual([null, more]);
    },
  );

  it('S7: a visitor’s session becomes that of the user whom a method establishes', async () => {
    const { store, users } = site;
    const visitor = await site.sessions.begin({});
    visitor.session.set('cart', 'tea').set('setuid', 'u-bob');
    const cookie = String((await visitor.commit())['set-cookie']);
    const passing: AuthMethod = {
      name: 'own_cookie',
      async authenticate(request, { user, cookies }, { context }) {
        const opened = await context.restore(String(cookies.get('own')), user);
        request.session = opened.session;
        return { ...opened, continue: false };
      },
    };
    const proxied = makeSite({ store, users, auth: [byHeader, passing], superuser: ['alice'] });
    const headers = { 'x-user': 'alice', cookie };
    const visit = await proxied.sessions.begin({ headers });
    await visit.commit();
    expect(visit.user?.name).toBe('alice');
    expect(await onlyRecord(store)).toMatchObject({ user: { name: 'alice' }, data: { cart: 'tea' } });
  });

  it('a site without anonymous sessions gives a visitor none', async () => {
    site = makeSite({ auth: ['moin_login', ownCookie], anonymousCookieLifetime: 0 });
    const { session, reasons } = await site.browser().visit();
    expect(session.available).toBe(false);
    expect(reasons.own_cookie).toBe('disabled');
  });
});

describe('a user whom a method logs in by itself', () => {
  let user: { id: string; name: string };
  const provider: AuthMethod = {
    name: 'provider',
    async authenticate(request, _known, { context }) {
      const opened = await context.logIn({ ...user, method: 'provider', valid: true });
      request.session = opened.session;
      return { ...opened, continue: false };
    },
  };

  beforeEach(() => {
    site = makeSite({ auth: [provider] });
  });

  it("spec 5: gets the directory's name, in the record too", async () => {
    user = { id: 'u-alice', name: 'AdminUser' };
    expect((await site.browser().visit()).user).toBe('alice');
    expect((await onlyRecord(site.store)).user).toEqual({ id: 'u-alice', name: 'alice', method: 'provider' });
  });

  it('S3: is not logged in if the directory has disabled them or does not know them', async () => {
    site.users.disable('bob');
    for (const [id, reason] of [
      ['u-bob', 'disabled-user'],
      ['u-mallory', 'unknown-user'],
    ]) {
      user = { id: String(id), name: 'Mallory' };
      const answer = await site.browser().visit();
      expect([answer.user, answer.reasons.provider]).toEqual([null, reason]);
      expect(answer.visit.trace[0]?.text).toMatch(/so they are not logged in$/);
      expect(answer.session.available).toBe(false);
    }
    expect(await site.records()).toEqual([]);
  });
});

/** Counts the records and tombstones that are read from now on. */
function countFinds({ store }: Site): () => number {
  let count = 0;
  for (const name of ['find', 'tombstone'] as const) {
    const own = store[name].bind(store);
    Object.assign(store, {
      [name]: (id: string) => {
        count++;
        return own(id);
      },
    });
  }
  return () => count;
}
