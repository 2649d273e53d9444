import { describe, expect, it } from 'vitest';
import { HOUR } from '../../src/base/clock.js';
import { ConfigurationError, NotFoundError } from '../../src/base/errors.js';
import { createSessions } from '../../src/sessions.js';
import { loggedIn, visitor } from '../../src/testing/people.js';
import { onlyRecord } from '../aid/records.js';
import { byHeader, makeSite, SECRET } from '../aid/site.js';

describe('a visitor in one line', () => {
  it('A1 S2: has an available session at the next request, and no record yet (S8)', async () => {
    const { sessions, records } = makeSite();
    const browser = await visitor(sessions);
    const { session } = await browser.get('/', (session) => session.set('seen', 1));
    expect(session.available).toBe(true);
    expect(await records()).toMatchObject([{ kind: 'anonymous', data: { seen: 1 } }]);
  });

  it.each([
    ['no lifetime', { anonymousCookieLifetime: 0 }],
    ['no method', { auth: ['moin_login', 'moin_session'] as const }],
  ])('without anonymous sessions (%s) it says what to set', async (_, options) => {
    await expect(visitor(makeSite(options).sessions)).rejects.toThrow(
      /^this site gives visitors no session: set anonymousCookieLifetime/,
    );
  });

  it('a Secure cookie needs an https origin, and it says so', async () => {
    const { sessions } = makeSite({ cookieName: '__Host-S' });
    const remedy = /http:\/\/localhost refuses .* pass \{ origin: 'https:\/\/localhost' \}/;
    await expect(visitor(sessions)).rejects.toThrow(remedy);
    await expect(loggedIn(sessions, 'alice')).rejects.toThrow(remedy);
    const origin = 'https://localhost';
    expect((await (await visitor(sessions, { origin })).get('/')).session.available).toBe(true);
    expect((await (await loggedIn(sessions, 'alice', { origin })).get('/')).user).toBe('alice');
  });
});

describe('a browser that keeps the cookie of a site with cookie options (spec 4)', () => {
  it('cookiePath: the cookie is there, for that path alone, and for Playwright too', async () => {
    const { sessions } = makeSite({ cookiePath: '/shop' });
    const guest = await visitor(sessions);
    const alice = await loggedIn(sessions, 'alice');
    expect((await guest.get('/shop/cart')).session.available).toBe(true);
    expect((await alice.get('/shop')).user).toBe('alice');
    expect((await alice.copy().get('/')).user).toBeNull();
    expect(alice.playwrightCookies()).toMatchObject([{ domain: 'localhost', path: '/shop' }]);
  });

  it('cookieDomain: it needs a host of that domain, and it says so', async () => {
    const { sessions } = makeSite({ cookieDomain: 'example.org' });
    const remedy = /which is for the domain example\.org: pass \{ origin: 'http:\/\/example\.org' \}$/;
    await expect(visitor(sessions)).rejects.toThrow(remedy);
    await expect(loggedIn(sessions, 'alice')).rejects.toThrow(remedy);
    const alice = await loggedIn(sessions, 'alice', { origin: 'http://www.example.org' });
    expect((await alice.get('/')).user).toBe('alice');
    expect(alice.playwrightCookies()).toMatchObject([{ domain: '.example.org' }]);
  });

  it('cookieDomain and Secure: the remedy is one origin for both', async () => {
    const { sessions } = makeSite({ cookieDomain: 'example.org', cookieSecure: true });
    await expect(visitor(sessions)).rejects.toThrow(/pass \{ origin: 'https:\/\/example\.org' \}$/);
  });
});

describe('a logged-in user in one line', () => {
  it('S4: has a new record at once, without a password check, and stays logged in', async () => {
    const { sessions, users, store, events } = makeSite();
    const browser = await loggedIn(sessions, 'alice');
    expect(await onlyRecord(store)).toMatchObject({
      kind: 'user',
      user: { id: 'u-alice', name: 'alice', method: 'route:testing' },
    });
    expect(events).toContainEqual(expect.objectContaining({ event: 'login', user: 'alice' }));
    expect(await browser.get('/')).toMatchObject({ user: 'alice', reasons: { moin_session: 'restored' } });
    expect(users.checks).toBe(0);
  });

  it('spec 3: rememberMe is the long lifetime, without it the short one', async () => {
    const { sessions } = makeSite({ cookieLifetime: 1 });
    const [remembered, not] = [
      await loggedIn(sessions, 'alice', { rememberMe: true }),
      await loggedIn(sessions, 'alice'),
    ].map((browser) => browser.jar.cookies(browser.origin)[0]?.expires ?? 0);
    expect(Number(not) - sessions.clock()).toBe(HOUR);
    expect(Number(remembered) - sessions.clock()).toBe(9600 * HOUR);
  });

  it('S9: counts among the sessions of the user', async () => {
    const { sessions, records, pass } = makeSite({ maxSessionsPerUser: 2 });
    const first = await loggedIn(sessions, 'alice');
    for (let n = 0; n < 2; n++) {
      pass(1);
      await loggedIn(sessions, 'alice');
    }
    expect((await records()).filter(({ ended }) => ended === null)).toHaveLength(2);
    expect((await first.get('/')).user).toBeNull();
  });

  it('S3: the directory goes on to decide: a user who is disabled later is out', async () => {
    const { sessions, users } = makeSite();
    const browser = await loggedIn(sessions, 'alice');
    users.disable('alice');
    expect((await browser.get('/')).reasons.moin_session).toBe('refused-user');
  });

  it('several at once are several people', async () => {
    const { sessions } = makeSite();
    const browsers = await Promise.all(['alice', 'bob', 'carol'].map((name) => loggedIn(sessions, name)));
    const users = await Promise.all(browsers.map((browser) => browser.get('/')));
    expect(users.map(({ user }) => user)).toEqual(['alice', 'bob', 'carol']);
  });

  it('a user whom the directory lacks, or has disabled, is an error that names them', async () => {
    const { sessions, users, records } = makeSite();
    users.disable('bob');
    await expect(loggedIn(sessions, 'alise')).rejects.toThrow(NotFoundError);
    await expect(loggedIn(sessions, 'alise')).rejects.toThrow(/has no "alise": add the user/);
    await expect(loggedIn(sessions, 'bob')).rejects.toThrow(/"bob" is disabled/);
    await expect(loggedIn(sessions, { id: 'u-nobody', name: 'nobody' })).rejects.toThrow(/has no "nobody"/);
    expect(await records()).toEqual([]);
  });

  it('without a directory, the name is the id too, or both are given', async () => {
    const sessions = createSessions({ store: 'memory:', secrets: SECRET });
    const visit = async (user: string | { id: string; name: string }) =>
      (await (await loggedIn(sessions, user)).get('/')).visit.user;
    expect(await visit('alice')).toMatchObject({ id: 'alice', name: 'alice' });
    expect(await visit({ id: '17', name: 'Alice' })).toMatchObject({ id: '17', name: 'Alice' });
  });

  it('a chain without moin_session, and a refused login, are errors that say why', async () => {
    const none = makeSite({ auth: [byHeader] }).sessions;
    await expect(loggedIn(none, 'alice')).rejects.toThrow(ConfigurationError);
    await expect(loggedIn(none, 'alice')).rejects.toThrow(/moin_session/);
    const full = makeSite({ maxSessionsPerUser: 1, onLimit: 'deny' }).sessions;
    await loggedIn(full, 'alice');
    await expect(loggedIn(full, 'alice')).rejects.toThrow(
      /refuses the login of "alice" \(denied\): raise maxSessionsPerUser/,
    );
  });
});
