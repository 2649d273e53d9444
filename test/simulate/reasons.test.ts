import { describe, expect, it } from 'vitest';
import type { AuthOption } from '../../src/auth/builtin.js';
import { HOUR } from '../../src/base/clock.js';
import type { SessionsOptions } from '../../src/config/options.js';
import type { IncomingRequest } from '../../src/http/request.js';
import { CookieSigner } from '../../src/session/cookie/signer.js';
import { newToken } from '../../src/session/cookie/token.js';
import { simulate } from '../../src/simulate.js';
import { byHeader, makeSite, SECRET, type Site, simulateOptions, visitorWith } from '../aid/site.js';

const LOGIN = { form: { login: true, name: 'alice', password: 'alice' } };

async function reasonOf(
  site: Site,
  method: string,
  request: IncomingRequest,
  cookie?: string,
  more: SessionsOptions = {},
): Promise<string | undefined> {
  const headers = { ...request.headers, ...(cookie !== undefined && { cookie: `MOIN_SESSION=${cookie}` }) };
  const { requests } = await simulate(simulateOptions(site, more), { request: { ...request, headers } });
  const step = requests[0]?.steps.find((candidate) => candidate.method === method);
  expect(step?.text).not.toBe('');
  return step?.reason;
}

async function loggedIn(site: Site): Promise<string | undefined> {
  const browser = site.browser();
  await browser.logIn('alice');
  return browser.cookie;
}

describe('the reasons of moin_session (spec 7)', () => {
  const ask = (site: Site, cookie?: string, request: IncomingRequest = {}, more: SessionsOptions = {}) =>
    reasonOf(site, 'moin_session', request, cookie, more);

  it('no-cookie', async () => expect(await ask(makeSite())).toBe('no-cookie'));

  it('malformed-cookie', async () => expect(await ask(makeSite(), 'user.torn')).toBe('malformed-cookie'));

  it('bad-signature', async () => {
    const forged = new CookieSigner('MOIN_SESSION', [Buffer.alloc(32)]).sign('user', newToken());
    expect(await ask(makeSite(), forged)).toBe('bad-signature');
  });

  it('anonymous-new', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    expect(await ask(site, browser.cookie)).toBe('anonymous-new');
  });

  it('anonymous-restored', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    expect(await ask(site, browser.cookie)).toBe('anonymous-restored');
  });

  it('restored', async () => {
    const site = makeSite();
    expect(await ask(site, await loggedIn(site))).toBe('restored');
  });

  it('refused-expired', async () => {
    const site = makeSite();
    const cookie = await loggedIn(site);
    site.pass(12 * HOUR);
    expect(await ask(site, cookie)).toBe('refused-expired');
  });

  it('refused-unknown', async () => {
    const site = makeSite();
    const cookie = await loggedIn(site);
    await site.sessions.purge({ all: true });
    expect(await ask(site, cookie)).toBe('refused-unknown');
  });

  it('refused-user', async () => {
    const site = makeSite();
    const cookie = await loggedIn(site);
    site.users.disable('alice');
    expect(await ask(site, cookie)).toBe('refused-user');
  });

  it('refused-other-user', async () => {
    const site = makeSite();
    const cookie = await loggedIn(site);
    expect(await ask(site, cookie, { headers: { 'x-user': 'bob' } })).toBe('refused-other-user');
  });

  it('login', async () => expect(await ask(makeSite(), undefined, LOGIN)).toBe('login'));

  it('login-denied', async () => {
    const site = makeSite();
    await loggedIn(site);
    const more = { maxSessionsPerUser: 1, onLimit: 'deny' as const };
    expect(await ask(site, undefined, LOGIN, more)).toBe('login-denied');
  });

  it('login-failed', async () => {
    const form = { ...LOGIN.form, password: 'wrong' };
    expect(await ask(makeSite(), undefined, { form })).toBe('login-failed');
  });

  it('logout', async () => {
    const site = makeSite();
    expect(await ask(site, await loggedIn(site), { form: { logout: true } })).toBe('logout');
  });
});

describe('what simulate explains of sessions that are not opened', () => {
  async function stepOf(
    site: Site,
    request: IncomingRequest,
    cookies: (string | undefined)[],
    auth?: AuthOption[],
  ) {
    const options = {
      users: site.users,
      secrets: SECRET,
      anonymousCookieLifetime: 2,
      clock: () => site.time.now,
    };
    const cookie = cookies.map((value) => `MOIN_SESSION=${value}`).join('; ');
    const { requests } = await simulate(
      { ...options, store: site.store, auth: auth ?? ['moin_login', 'moin_session'] },
      { request: { ...request, headers: { cookie } } },
    );
    return { ...requests[0], step: requests[0]?.steps.find(({ method }) => method === 'moin_session') };
  }

  it('S6: a logout of bytes that are no session: they stay, and that is said', async () => {
    const site = makeSite();
    const cookie = await loggedIn(site);
    const [record] = await site.records();
    site.store.putBytes(record?.id as string, 'torn');
    const { step, writes } = await stepOf(site, { form: { logout: true } }, [cookie]);
    expect(step?.text).toMatch(
      /no session.*left as they are.*opens nothing, even should somebody repair them/,
    );
    expect(step?.effects).toEqual(['delete the cookie', `keep session ${record?.id} from being opened`]);
    expect(writes).toEqual([]);
  });

  it('S6: a logout of a visitor has nothing to do', async () => {
    const site = makeSite();
    const { cookie } = await visitorWith(site, 'cart', 'apple');
    const { step, setCookies, writes } = await stepOf(site, { form: { logout: true } }, [cookie]);
    expect(step).toMatchObject({ reason: 'logout', effects: [] });
    expect(step?.text).toMatch(/nobody is logged in, so there is nothing to log out of/);
    expect([setCookies, writes]).toEqual([[], []]);
  });

  it('spec 2: a method that left the chain', async () => {
    const site = makeSite();
    const { step } = await stepOf(site, {}, [await loggedIn(site)], [byHeader, 'moin_session']);
    expect(step).toMatchObject({ reason: 'refused-user', effects: ['delete the cookie'] });
    expect(step?.text).toMatch(/logged in by "moin_login", which is no method of 'auth' any more/);
  });

  it('spec 4: which of several cookies it was', async () => {
    const site = makeSite();
    const { step } = await stepOf(site, {}, ['rubbish', await loggedIn(site)]);
    expect(step?.text).toMatch(/alice is logged in.*; its cookie is number 2 of 2 of this name/);
  });
});

describe('the reasons of moin_anon_session and moin_login (spec 7)', () => {
  it.each<[string, string, IncomingRequest, SessionsOptions]>([
    ['moin_anon_session', 'cookie-set', {}, {}],
    ['moin_anon_session', 'already-available', LOGIN, {}],
    ['moin_anon_session', 'disabled', {}, { anonymousCookieLifetime: 0 }],
    ['moin_login', 'not-a-login', {}, {}],
    ['moin_login', 'accepted', LOGIN, {}],
    ['moin_login', 'rejected', { form: { ...LOGIN.form, name: 'mallory' } }, {}],
  ])('%s: %s', async (method, reason, request, more) => {
    expect(await reasonOf(makeSite(), method, request, undefined, more)).toBe(reason);
  });
});

describe('why, in words', () => {
  async function textOf(site: Site, cookie: string | undefined): Promise<string> {
    const visit = await site.sessions.begin({ headers: { cookie: `MOIN_SESSION=${cookie}` } });
    return visit.trace.find(({ method }) => method === 'moin_session')?.text ?? '';
  }

  it('who or what ended a session, and when', async () => {
    const site = makeSite({ cookieLifetime: 1 });
    const [byAdmin, byUser, byLogout, byTime] = [
      await loggedIn(site),
      await loggedIn(site),
      site.browser(),
      await loggedIn(site),
    ];
    await byLogout.logIn('alice');
    const out = byLogout.cookie;
    await byLogout.logOut();
    const ids = (await site.records()).map(({ id }) => id);
    await site.sessions.expire(ids.slice(0, 1));
    await site.sessions.endUser('u-alice', { except: ids[2] as string });
    site.pass(3 * 60_000);
    expect(await textOf(site, byAdmin)).toMatch(/an administrator ended this session 3 minutes ago/);
    expect(await textOf(site, byUser)).toMatch(/its user ended this session 3 minutes ago/);
    expect(await textOf(site, out)).toMatch(/the user logged out 3 minutes ago/);
    site.pass(HOUR);
    expect(await textOf(site, byTime)).toMatch(
      /ended 3 minutes ago; its record may be removed in 57 minutes/,
    );
    site.pass(HOUR);
    expect(await textOf(site, byTime)).toMatch(/ended 1 hour ago, after 1 hour without use/);
  });
});
