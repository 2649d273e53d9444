import { describe, expect, it } from 'vitest';
import type { AuthMethod } from '../../src/auth/method.js';
import { HOUR } from '../../src/base/clock.js';
import { Browser } from '../../src/testing/browser.js';
import { makeSite, START } from '../aid/site.js';

const EVIL = 'https://evil.example';

/** A site that notes what it sees of each request. */
function watchedSite() {
  const seen: { method: string; url: string; headers: object; secure: boolean }[] = [];
  const look: AuthMethod = {
    name: 'look',
    authenticate({ method, url, headers, secure }, { user }) {
      seen.push({ method, url, headers, secure });
      return { user, continue: true };
    },
  };
  return { ...makeSite({ auth: [look, 'moin_login', 'moin_session', 'moin_anon_session'] }), seen };
}

describe('a browser without a network', () => {
  it('A1 S2 S4 S6: a visitor, who logs in and out', async () => {
    const { sessions } = makeSite();
    const browser = new Browser(sessions);
    const first = await browser.get('/');
    expect(first.session.available).toBe(false);
    expect(first.sent?.action).toBe('set');
    await browser.get('/shop', (session) => session.set('cart', ['tea']));
    const login = await browser.logIn('alice', { password: 'alice', rememberMe: true });
    expect(login).toMatchObject({ user: 'alice', reasons: { moin_session: 'login' } });
    const { user, session } = await browser.get('/shop');
    expect([user, session.get('cart')]).toEqual(['alice', ['tea']]);
    expect((await browser.logOut()).reasons.moin_session).toBe('logout');
    expect((await browser.get('/')).user).toBeNull();
  });

  it('S5: a wrong password logs nobody in', async () => {
    const browser = new Browser(makeSite().sessions);
    expect((await browser.logIn('alice', { password: 'wrong' })).reasons.moin_session).toBe('login-failed');
    expect((await browser.get('/')).user).toBeNull();
  });

  it('the application acts on visit and session, and its error ends the request', async () => {
    const { sessions } = makeSite();
    const browser = new Browser(sessions);
    await browser.get('/');
    const failing = browser.get('/', (session, visit) => {
      expect(visit.session).toBe(session);
      throw new RangeError('of the application');
    });
    await expect(failing).rejects.toThrow(RangeError);
  });

  it('cookies end by the clock of the site', async () => {
    const site = makeSite({ cookieLifetime: 1, auth: ['moin_login', 'moin_session'] });
    const browser = new Browser(site.sessions);
    await browser.logIn('alice', { password: 'alice' });
    site.pass(HOUR - 1);
    expect(browser.cookieHeader()).toMatch(/^MOIN_SESSION=user\./);
    site.pass(1);
    expect(browser.cookieHeader()).toBe('');
  });

  it('requests go to a path of the site, or to another host, with scheme, host and query', async () => {
    const { sessions, seen } = watchedSite();
    const browser = new Browser(sessions, { origin: 'https://app.example.com:8443/ignored' });
    await browser.get('/a?b=c');
    await browser.get('http://other.example/x?y');
    await browser.visit({ url: '//not-a-host' });
    expect(seen.map(({ url, headers, secure }) => [(headers as { host: string }).host, url, secure])).toEqual(
      [
        ['app.example.com:8443', '/a?b=c', true],
        ['other.example', '/x?y', false],
        ['app.example.com:8443', '//not-a-host', true],
      ],
    );
  });

  it.each(['shop/cart', '?page=2', ''])('%j is no path from the root: an error says so', async (url) => {
    const { sessions, seen } = watchedSite();
    await expect(new Browser(sessions).get(url)).rejects.toThrow(
      /no path from the root of the site: begin it with \//,
    );
    expect(seen).toEqual([]);
  });

  it("a request's own cookies come behind those of the jar, with every request", async () => {
    const { sessions, seen } = watchedSite();
    const browser = new Browser(sessions);
    for (const headers of [{ Cookie: 'theme=dark' }, new Headers({ cookie: 'theme=dark' })])
      await browser.visit({ headers });
    expect(seen.map(({ headers }) => (headers as { cookie: string }).cookie)).toEqual([
      'theme=dark',
      expect.stringMatching(/^MOIN_SESSION=anon\.[^;]+; theme=dark$/),
    ]);
  });

  it('Playwright gets no cookie of another host', async () => {
    const browser = new Browser(makeSite().sessions);
    await browser.get('/');
    browser.receive({ 'set-cookie': 'other=1; Path=/' }, 'http://other.example/');
    expect(browser.playwrightCookies().map(({ name }) => name)).toEqual(['MOIN_SESSION']);
  });

  it('a Secure cookie stays at https, and a host has no cookies of another', async () => {
    const { sessions } = makeSite({ cookieName: '__Host-S' });
    const browser = new Browser(sessions, { origin: 'https://app.example.com' });
    await browser.get('/');
    expect(browser.cookieHeader()).toMatch(/^__Host-S=anon/);
    expect(browser.cookieHeader('http://app.example.com/')).toBe('');
    expect(browser.cookieHeader('https://www.app.example.com/')).toBe('');
    const insecure = new Browser(sessions);
    await insecure.get('/');
    expect(insecure.cookieHeader()).toBe('');
  });

  it('scripts of the page do not see the session cookie (spec 4: HttpOnly)', async () => {
    const browser = new Browser(makeSite().sessions);
    await browser.get('/');
    browser.receive({ 'set-cookie': ['theme=dark; Path=/', 'lang=de; Path=/'] });
    expect(browser.documentCookie()).toBe('theme=dark; lang=de');
    expect(browser.cookieHeader()).toMatch(/^MOIN_SESSION=anon.*; theme=dark; lang=de$/);
  });

  it('spec 2: a form of another site comes without the Lax cookie, and logs nobody in', async () => {
    const browser = new Browser(makeSite().sessions);
    await browser.logIn('alice', { password: 'alice' });
    const form = { login: true, name: 'bob', password: 'bob' };
    const answer = await browser.visit({ method: 'POST', url: '/login', form, from: EVIL });
    expect(answer.user).toBeNull();
    expect(answer.reasons.moin_session).toBe('cross-site');
    expect(answer.sent).toBeNull();
    expect((await browser.visit({ url: '/', from: EVIL })).user).toBe('alice');
    expect((await browser.post('/other')).user).toBe('alice');
  });

  it.each([
    ['https://app.example.com', 'same-origin'],
    ['https://www.example.com', 'same-site'],
    ['http://app.example.com', 'cross-site'],
    [EVIL, 'cross-site'],
    ['null', 'cross-site'],
  ])('a page of %s says so in its headers', async (from, site) => {
    const { sessions, seen } = watchedSite();
    const browser = new Browser(sessions, { origin: 'https://app.example.com' });
    await browser.visit({ url: '/', from });
    await browser.visit({ method: 'POST', url: '/', from });
    expect(seen.map(({ headers }) => headers)).toMatchObject([
      { 'sec-fetch-site': site },
      { 'sec-fetch-site': site, origin: from },
    ]);
    expect(seen[0]?.headers).not.toHaveProperty('origin');
  });

  it('to an insecure host a browser sends Origin alone', async () => {
    const { sessions, seen } = watchedSite();
    await new Browser(sessions, { origin: 'http://app.example.com' }).post('/login', { login: true });
    expect(seen[0]?.headers).not.toHaveProperty('sec-fetch-site');
    expect(seen[0]?.headers).toHaveProperty('origin', 'http://app.example.com');
  });

  it('takes the cookies of answers in every form that tools give them', async () => {
    const browser = new Browser(makeSite().sessions);
    browser.receive({ 'set-cookie': 'a=1; Path=/' });
    browser.receive({ 'set-cookie': ['b=2; Path=/', 'c=3; Path=/'] });
    browser.receive(
      new Headers([
        ['set-cookie', 'd=4; Path=/'],
        ['set-cookie', 'e=5; Path=/'],
      ]),
    );
    browser.receive({ 'content-type': 'text/html' });
    expect(browser.cookieHeader()).toBe('a=1; b=2; c=3; d=4; e=5');
  });

  it('a copy has the cookies, and then goes its own way', async () => {
    const { sessions } = makeSite();
    const browser = new Browser(sessions);
    await browser.logIn('alice', { password: 'alice' });
    const thief = browser.copy();
    await browser.logOut();
    expect(thief.cookieHeader()).toMatch(/^MOIN_SESSION=user/);
    expect((await thief.get('/')).user).toBeNull();
  });

  it('gives Playwright cookies with the time that they have left, from the real date on', async () => {
    const site = makeSite({ auth: ['moin_login', 'moin_session'], cookieLifetime: 2 });
    const browser = new Browser(site.sessions);
    await browser.logIn('alice', { password: 'alice' });
    browser.receive({ 'set-cookie': 'theme=dark; Path=/' });
    site.pass(HOUR);
    const [session, theme] = browser.playwrightCookies('http://127.0.0.1:8080');
    expect(session).toMatchObject({ domain: '127.0.0.1', path: '/', httpOnly: true, sameSite: 'Lax' });
    expect(Math.abs((session?.expires ?? 0) * 1000 - (Date.now() + HOUR))).toBeLessThan(10_000);
    expect(theme?.expires).toBe(-1);
    site.pass(HOUR);
    expect(browser.playwrightCookies()).toHaveLength(1);
    expect(START).toBeGreaterThan(Date.now());
  });
});
