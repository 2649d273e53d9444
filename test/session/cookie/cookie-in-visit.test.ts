import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuthMethod } from '../../../src/auth/method.js';
import { CookieSigner } from '../../../src/session/cookie/signer.js';
import { newToken } from '../../../src/session/cookie/token.js';
import { byHeader, makeSite, SECRET, visitorWith } from '../../aid/site.js';

const HTTPS = { secure: true };

describe('cookies of a request (spec 4)', () => {
  it('any Cookie header: an answer, no user logged in, and no store access', async () => {
    const site = makeSite();
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('user', 'anon').map((kind) => `${kind}.${newToken()}.${newToken()}`),
      fc.string().map((text) => `user.${text}.${text}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(value, { maxLength: 10 }), async (values) => {
        const cookie = values.map((text) => `MOIN_SESSION=${text}`).join('; ');
        const visit = await site.sessions.begin({ headers: { cookie } });
        await visit.commit();
        expect(visit.user).toBeNull();
        expect(visit.session.available).toBe(false);
        expect(site.store.newCalls()).toEqual([]);
      }),
    );
  });

  it.each([
    ['100 kB', 'x'.repeat(100_000)],
    ['NUL', 'user.\0.\0'],
    [
      'a signature of another site',
      new CookieSigner('MOIN_SESSION', [Buffer.alloc(32)]).sign('user', newToken()),
    ],
  ])('a cookie that fails costs no store access, and is deleted: %s', async (_, value) => {
    const site = makeSite({ auth: ['moin_session'] });
    const browser = site.browser();
    browser.plant(value);
    const { sent, visit } = await browser.visit();
    expect(sent?.action).toBe('delete');
    expect(visit.cookies[0]).toMatchObject({ sessionId: null, secret: null });
    expect(site.store.newCalls()).toEqual([]);
    expect(site.events).toMatchObject([{ event: 'refused' }]);
  });

  it('a cookie that is changed from anon to user, or to another token, logs nobody in', async () => {
    const site = makeSite();
    const [visitor, alice] = [await visitorWith(site, 'cart', 'apple'), site.browser()];
    await alice.logIn('alice');
    const [, token, mac] = (alice.cookie ?? '').split('.');
    const [, anonToken, anonMac] = (visitor.cookie ?? '').split('.');
    for (const value of [
      `user.${anonToken}.${anonMac}`,
      `user.${token}.${anonMac}`,
      `user.${anonToken}.${mac}`,
    ]) {
      visitor.plant(value);
      expect((await visitor.visit()).user).toBeNull();
    }
  });

  it('a user cookie cut down to anon finds nothing of the user', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    browser.plant(browser.cookie?.replace('user', 'anon'));
    const { user, session } = await browser.visit();
    expect(user).toBeNull();
    expect(session.available).toBe(false);
  });

  it('after a change of secrets the old cookies are good, and are signed anew when they are next sent', async () => {
    const old = makeSite();
    const browser = old.browser();
    await browser.logIn('alice');
    const next = makeSite({
      store: old.store,
      secrets: ['the new secret, also of 32 bytes or more', SECRET],
    });
    const { visit } = await next.browser().visit({ headers: { cookie: `MOIN_SESSION=${browser.cookie}` } });
    expect(visit.user?.name).toBe('alice');
    expect(visit.cookies).toMatchObject([{ verdict: 'ok', kind: 'user', secret: 1 }]);
  });

  it('spec 4: Vary comes always; private where a user is logged in, a session is available or a cookie is set', async () => {
    const site = makeSite({ auth: [byHeader, 'moin_login', 'moin_session'] });
    const [browser, personal] = [site.browser(), { 'cache-control': 'private, no-cache="Set-Cookie"' }];
    expect({ ...(await browser.visit()).headers }).toEqual({ vary: 'Cookie' });
    const login = await browser.logIn('alice');
    expect(login.headers).toMatchObject({ ...personal, vary: 'Cookie, *' });
    expect({ ...(await browser.visit()).headers }).toEqual({ ...personal, vary: 'Cookie' });
    expect((await browser.logOut()).headers).toMatchObject({ ...personal, vary: 'Cookie' });
    expect({ ...(await browser.visit()).headers }).toEqual({ vary: 'Cookie' });
  });

  it('spec 4: no cache stores the page of a user whom something else than our cookie names, also if the page is public', async () => {
    const site = makeSite({ auth: [byHeader, 'moin_login', 'moin_session'] });
    const asBob = { headers: { 'x-user': 'bob' } };
    const browser = site.browser();
    for (let count = 0; count < 3; count++) {
      const { headers } = await browser.visit(asBob, (session) => session.set('n', count));
      expect(headers.vary).toBe('Cookie, *');
    }
    const says: AuthMethod = {
      name: 'says',
      authenticate: (_request, { user }) => ({ user, continue: true, headers: { vary: 'X-User' } }),
    };
    const own = makeSite({ auth: [byHeader, says, 'moin_session'] });
    expect((await own.browser().visit(asBob)).headers.vary).toBe('Cookie, X-User');
  });

  it('spec 4, I2: a response whose session ended under way stays private: it may show what was in it', async () => {
    const site = makeSite();
    const slow = await (await visitorWith(site, 'cart', 'apple')).begin();
    slow.session.set('cart', 'pear');
    await site.sessions.expire({ all: true });
    const personal = 'private, no-cache="Set-Cookie"';
    expect({ ...(await slow.commit()) }).toEqual({ vary: 'Cookie', 'cache-control': personal });
    expect(slow.session.available).toBe(false);
  });

  it('of several decisions only the last is sent: logout, then save, rotate, destroy', async () => {
    const site = makeSite({ auth: ['moin_login', 'moin_session'] });
    const browser = site.browser();
    await browser.logIn('alice');
    const { headers } = await browser.visit({}, async (session) => {
      session.set('draft', 'x');
      await session.save();
      await session.rotate();
      await session.destroy();
    });
    expect(headers['set-cookie']).toMatch(/^MOIN_SESSION=; /);
  });

  it('Secure over HTTPS, and behind a trusted proxy alone', async () => {
    const site = makeSite({ trustProxy: ['10.0.0.0/8', '::1'] });
    const isSecure = async (request: object) => {
      const { headers } = await site.browser().visit(request);
      return headers['set-cookie']?.includes('; Secure');
    };
    const forwarded = { 'x-forwarded-proto': 'https' };
    expect(await isSecure({})).toBe(false);
    expect(await isSecure(HTTPS)).toBe(true);
    expect(await isSecure({ headers: forwarded })).toBe(false);
    expect(await isSecure({ headers: forwarded, remoteAddress: '10.1.2.3' })).toBe(true);
    expect(await isSecure({ headers: forwarded, remoteAddress: '::ffff:10.1.2.3' })).toBe(true);
    expect(await isSecure({ headers: forwarded, remoteAddress: '::1' })).toBe(true);
    expect(await isSecure({ headers: forwarded, remoteAddress: '11.1.2.3' })).toBe(false);
    expect(await isSecure({ headers: forwarded, remoteAddress: 'unknown' })).toBe(false);
    expect(await isSecure({ headers: forwarded, remoteAddress: 'fe80::1%eth0' })).toBe(false);
    const others = ['http, https', 'httpsx', '', ',https'];
    for (const value of others) {
      const headers = { 'x-forwarded-proto': value };
      expect(await isSecure({ headers, remoteAddress: '10.1.2.3' })).toBe(false);
    }
    expect(
      await isSecure({ headers: { 'X-Forwarded-Proto': 'HTTPS, http' }, remoteAddress: '10.1.2.3' }),
    ).toBe(true);
  });

  it('header names may be in any case, and values may be lists', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const pair = `MOIN_SESSION=${browser.cookie}`;
    for (const headers of [{ Cookie: pair }, { COOKIE: `a=1;${pair}` }, { cookie: ['a=1', pair] }]) {
      expect((await site.sessions.begin({ headers })).user?.name).toBe('alice');
    }
  });

  it('a cookie name of its own', async () => {
    const site = makeSite({ cookieName: '__Host-WIKI' });
    const { headers } = await site.browser().visit(HTTPS);
    expect(headers['set-cookie']).toMatch(/^__Host-WIKI=anon\..*; Path=\/;.*; Secure$/);
  });

  it('a form may have any content: no error, no user logged in', async () => {
    const site = makeSite();
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.constantFrom('login', 'logout', 'name', 'password', 'rememberMe', '__proto__'),
          fc.anything(),
        ),
        async (form) => {
          const visit = await site.sessions.begin({ form: form as object });
          expect(visit.user).toBeNull();
        },
      ),
    );
    const huge = 'x'.repeat(5_000_000);
    const visit = await site.sessions.begin({ form: { login: true, name: huge, password: huge } });
    expect(visit.user).toBeNull();
    expect(JSON.stringify(visit.trace).length).toBeLessThan(2000);
  });
});
