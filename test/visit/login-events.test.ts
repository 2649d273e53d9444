import { describe, expect, it } from 'vitest';
import type { AuthMethod } from '../../src/auth/method.js';
import { HOUR } from '../../src/base/clock.js';
import type { SessionsOptions } from '../../src/config/options.js';
import type { IncomingRequest } from '../../src/http/request.js';
import { ALICE, during } from '../aid/route.js';
import { aliceWithSecret, makeSite, type Site, visitorWith } from '../aid/site.js';

const LOGIN = { login: true, name: 'alice', password: 'alice' };
const LOGIN_EVENTS = ['login', 'login-failed', 'logout'];

const emitted = (site: Site) => site.events.filter(({ event }) => LOGIN_EVENTS.includes(event));

async function eventsOf(request: IncomingRequest, options: SessionsOptions = {}) {
  const site = makeSite(options);
  await site.browser().visit(request);
  return emitted(site);
}

describe('login, login-failed and logout (spec 5)', () => {
  it('login: who, by which method, from where, and the session’s id', async () => {
    const site = makeSite();
    const browser = site.browser();
    const { session } = await browser.visit({ form: LOGIN, remoteAddress: '192.0.2.7' });
    await during(browser, (visit) => visit.logIn(ALICE, { label: 'again' }), { remoteAddress: '192.0.2.8' });
    const by = { event: 'login', at: expect.any(Date), kind: 'user', user: 'alice' };
    const second = (await site.records())[0]?.id;
    expect(emitted(site)).toEqual([
      { ...by, id: session.id, method: 'moin_login', address: '192.0.2.7' },
      { ...by, id: second, method: 'route:again', address: '192.0.2.8' },
    ]);
  });

  it('login-failed: the name as typed, the method and its reason, and never the password', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'a', 'b');
    const { session } = await browser.logIn('alice', { password: 'hunter2' });
    await browser.logIn('alicf', { password: 'hunter2' });
    await browser.visit({ form: { login: true, password: 'hunter2' } });
    const failed = {
      event: 'login-failed',
      at: expect.any(Date),
      id: session.id,
      kind: 'anonymous',
      method: 'moin_login',
      reason: 'rejected',
    };
    expect(emitted(site)).toEqual([{ ...failed, user: 'alice' }, { ...failed, user: 'alicf' }, failed]);
    expect(JSON.stringify(site.events)).not.toContain('hunter2');
  });

  it('a typed name is cut to 200 characters, and steers neither terminal nor log', async () => {
    const [long, hostile] = [
      await eventsOf({ form: { ...LOGIN, name: '😀'.repeat(5000) } }),
      await eventsOf({ form: { ...LOGIN, name: 'a\u001b[2J\n\u202eb\ud800' } }),
    ];
    expect(long[0]?.user).toBe('😀'.repeat(200));
    expect(hostile[0]?.user).toBe('a\ufffd[2J\ufffd\ufffdb\ufffd');
  });

  it('no event contains a token', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'a', 'b');
    const tokens = [browser.cookie];
    await browser.logIn('alice');
    tokens.push(browser.cookie);
    await during(browser, (visit) => visit.logIn(ALICE));
    tokens.push(browser.cookie);
    await browser.logOut();
    for (const cookie of tokens)
      expect(JSON.stringify(site.events)).not.toContain(cookie?.split('.')[1] ?? 'no cookie');
  });

  it.each<[string, IncomingRequest, SessionsOptions, object]>([
    [
      'a user whom the directory does not know',
      { form: { ...LOGIN, login: true } },
      {
        auth: [
          {
            name: 'ldap',
            authenticate: () => ({ user: { id: 'gone', name: 'gone' }, continue: true, login: true }),
          },
          'moin_session',
        ],
      },
      { reason: 'unknown-user', method: 'ldap', user: 'alice' },
    ],
    [
      'a veto',
      { form: LOGIN },
      {
        auth: [
          'moin_login',
          { name: 'no', authenticate: () => ({ user: null, continue: true }) },
          'moin_session',
        ],
      },
      { reason: 'veto', method: 'no' },
    ],
    [
      'wrong credentials of HTTP Basic',
      { headers: { authorization: `Basic ${btoa('alice:hunter2')}` } },
      { auth: ['http_basic', 'moin_session', 'moin_anon_session'] },
      { reason: 'rejected', method: 'http_basic', user: 'alice' },
    ],
    [
      'credentials of HTTP Basic that are none',
      { headers: { authorization: 'Basic hunter2' }, form: { name: 'typed' } },
      { auth: ['http_basic', 'moin_session'] },
      { reason: 'malformed-credentials', method: 'http_basic' },
    ],
    ['a form that no method takes', { form: LOGIN }, { auth: ['moin_session'] }, { reason: 'not-accepted' }],
    [
      'a form of another site',
      { form: LOGIN, method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } },
      {},
      { reason: 'cross-site', user: 'alice' },
    ],
  ])('login-failed, once, for %s', async (_, request, options, expected) => {
    const all = await eventsOf(request, options);
    expect(all).toMatchObject([{ event: 'login-failed', ...expected }]);
    expect('method' in (all[0] ?? {})).toBe('method' in expected);
    expect(JSON.stringify(all)).not.toMatch(/hunter2|typed/);
  });

  it('S7: right credentials of HTTP Basic are no login; wrong ones leave who is logged in by the cookie', async () => {
    const site = makeSite({ auth: ['http_basic', 'moin_login', 'moin_session'] });
    const headers = (pair: string) => ({ headers: { authorization: `Basic ${btoa(pair)}` } });
    expect((await site.browser().visit(headers('alice:alice'))).user).toBe('alice');
    expect(emitted(site)).toEqual([]);
    const browser = site.browser();
    await browser.logIn('alice');
    const { user, session, visit } = await browser.visit(headers('bob:wrong'));
    expect([user, visit.loginResult]).toEqual(['alice', 'failed']);
    expect(emitted(site).slice(1)).toMatchObject([
      { event: 'login-failed', id: session.id, user: 'bob', method: 'http_basic', reason: 'rejected' },
    ]);
    await browser.visit({ ...headers('bob:wrong'), form: LOGIN });
    expect(emitted(site).at(-1)).toMatchObject({ event: 'login', user: 'alice' });
    expect(emitted(site)).toHaveLength(3);
  });

  it('S9: login-failed with the reason denied, once for each login that was, also at once', async () => {
    const site = makeSite({ maxSessionsPerUser: 1, onLimit: 'deny' });
    await Promise.all([1, 2, 3].map(() => site.browser().logIn('alice')));
    await site.browser().logIn('alice');
    expect(
      emitted(site)
        .map(({ event, reason }) => `${event} ${reason}`)
        .sort(),
    ).toEqual(['login undefined', ...Array(3).fill('login-failed denied')]);
    expect(emitted(site)[1]).toMatchObject({ user: 'alice', method: 'moin_login' });
  });

  it('a login that fails while it is written is no login, but login-failed with the reason error', async () => {
    const site = makeSite();
    site.store.broken = true;
    await expect(site.browser().logIn('alice')).rejects.toThrow('the disk is full');
    expect(emitted(site)).toMatchObject([{ event: 'login-failed', user: 'alice', reason: 'error' }]);
  });

  it.each([
    ['its session cannot be written', (site: Site) => Object.assign(site.store, { broken: true })],
    ['the store is out of reach', (site: Site) => Object.assign(site.store, { unreachable: true })],
    [
      'the directory is out of reach',
      (site: Site) =>
        Object.assign(site.users, { findById: () => Promise.reject(new Error('no directory')) }),
    ],
  ])('a login by a method, too, is login-failed if %s', async (_, breakIt) => {
    const signIn: AuthMethod = {
      name: 'sign_in',
      authenticate: ({ url }, { user }) => ({
        user: url === '/sign-in' ? { id: 'u-alice', name: 'alice' } : user,
        continue: true,
        login: url === '/sign-in',
      }),
    };
    const site = makeSite({ auth: [signIn, 'moin_session', 'moin_anon_session'] });
    const browser = await visitorWith(site, 'a', 'b');
    breakIt(site);
    await expect(browser.visit({ url: '/sign-in' })).rejects.toThrow();
    expect(emitted(site)).toMatchObject([{ event: 'login-failed', reason: 'error' }]);
  });

  it('a page view that fails is no login', async () => {
    const failing: AuthMethod = {
      name: 'failing',
      authenticate: () => {
        throw new Error('out of order');
      },
    };
    const site = makeSite({ auth: [failing] });
    await expect(site.browser().visit()).rejects.toThrow('out of order');
    expect(emitted(site)).toEqual([]);
  });

  it('S6: logout, once, by form and by route; not for a visitor, a stale cookie or a foreign form', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    const stale = browser.copy();
    const before = emitted(site).length;
    const { visit } = await browser.visit({ form: { logout: true }, remoteAddress: '192.0.2.7' });
    const sessionId = visit.cookies[0]?.sessionId;
    expect(emitted(site).slice(before)).toEqual([
      {
        event: 'logout',
        at: expect.any(Date),
        id: sessionId,
        kind: 'user',
        user: 'alice',
        method: 'moin_login',
        address: '192.0.2.7',
      },
    ]);
    await stale.logOut();
    await (await visitorWith(site, 'a', 'b')).logOut();
    const other = await aliceWithSecret(site);
    await other.visit({
      form: { logout: true },
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(emitted(site).filter(({ event }) => event === 'logout')).toHaveLength(1);
  });

  it('S3, S6: a login that is over already is not logged out of: no event, by form or by route', async () => {
    const site = makeSite();
    for (const byRoute of [true, false]) {
      const browser = site.browser();
      await browser.logIn('alice');
      const late = browser.cookie;
      site.pass(12.5 * HOUR);
      browser.plant(late);
      await during(browser, (visit) => (byRoute ? visit.logOut() : undefined), {
        form: { logout: !byRoute },
      });
    }
    expect(await site.records()).toEqual([]);
    expect(emitted(site).map(({ event }) => event)).toEqual(['login', 'login']);
  });

  it('S6: logout of a user of HTTP Basic who has no session: without an id', async () => {
    const events = await eventsOf({ headers: { 'x-user': 'alice' }, form: { logout: true } });
    expect(events).toMatchObject([{ event: 'logout', user: 'alice', method: 'by_header' }]);
    expect(events[0]).not.toHaveProperty('id');
  });

  it('a method that gives an invalid user at each request logs nobody out', async () => {
    const invalid = { id: 'u-alice', name: 'alice', valid: false };
    const auth = [
      'moin_session',
      { name: 'own', authenticate: () => ({ user: invalid, continue: true }) },
    ] as const;
    expect(await eventsOf({}, { auth })).toEqual([]);
  });
});

describe('the address of these events', () => {
  const trustProxy = ['10.0.0.0/8'];
  it.each([
    ['the peer', '192.0.2.7', '203.0.113.1', '192.0.2.7'],
    [
      'behind a trusted proxy, the last one that the proxy names',
      '10.0.0.1',
      '6.6.6.6, 203.0.113.1',
      '203.0.113.1',
    ],
    ['behind two, what the outer one names', '10.0.0.1', '6.6.6.6, 203.0.113.1, 10.0.0.2', '203.0.113.1'],
    ['the proxy, if it names none', '10.0.0.1', undefined, '10.0.0.1'],
    ['the proxy, if it names rubbish', '10.0.0.1', '203.0.113.1, unknown', '10.0.0.1'],
    ['the first, if all are trusted', '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
  ])('is %s', async (_, remoteAddress, forwarded, address) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    const [event] = await eventsOf({ form: LOGIN, remoteAddress, headers }, { trustProxy });
    expect(event?.address).toBe(address);
  });

  it('is absent if the server does not know it', async () => {
    expect((await eventsOf({ form: LOGIN }))[0]).not.toHaveProperty('address');
  });
});
