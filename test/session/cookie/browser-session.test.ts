import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import type { Answer } from '../../../src/testing/answer.js';
import { byHeader, makeSite } from '../../aid/site.js';

const LASTS = /; Expires=.*; Max-Age=/;

function siteWith(options = {}) {
  return makeSite({ browserSession: true, ...options });
}

/** The `Set-Cookie` of an answer. */
const cookieIn = ({ headers }: Answer) => String(headers['set-cookie'] ?? 'no cookie');

describe('browserSession: a login without "remember me" (spec 3)', () => {
  it('S4, S8: its cookie ends with the browser: from the login, a refresh, a save and a rotation', async () => {
    const site = siteWith();
    const browser = site.browser();
    const login = await browser.logIn('alice');
    site.pass(HOUR);
    const refresh = await browser.visit();
    const save = await browser.visit({}, (session) => session.set('draft', 'x'));
    const rotation = await browser.visit({}, (session) => session.rotate());
    for (const answer of [login, refresh, save, rotation]) {
      expect(cookieIn(answer)).toMatch(/^MOIN_SESSION=user\./);
      expect(cookieIn(answer)).not.toMatch(/expires|max-age/i);
      expect(answer.sent?.maxAge).toBeNull();
    }
  });

  it('spec 3: its record lives as without the option, and so the server refuses a cookie that the browser kept', async () => {
    const site = siteWith();
    const browser = site.browser();
    await browser.logIn('alice');
    expect((await site.records())[0]).toMatchObject({ cookieExpires: site.time.now + 12 * HOUR });
    site.pass(12 * HOUR);
    const { user, reasons } = await browser.visit();
    expect([user, reasons.moin_session]).toEqual([null, 'refused-expired']);
  });

  it.each([0, 5, -5])('spec 3: cookieLifetime %s changes nothing of that', async (cookieLifetime) => {
    const answer = await siteWith({ cookieLifetime }).browser().logIn('alice');
    expect(cookieIn(answer)).not.toMatch(/expires|max-age/i);
  });
});

describe('browserSession: other cookies (spec 3)', () => {
  it('with "remember me" the cookie lasts, also after a refresh and a rotation', async () => {
    const site = siteWith();
    const browser = site.browser();
    const login = await browser.logIn('alice', { rememberMe: true });
    site.pass(HOUR);
    for (const answer of [
      login,
      await browser.visit(),
      await browser.visit({}, (session) => session.rotate()),
    ]) {
      expect(cookieIn(answer)).toMatch(LASTS);
      expect(answer.sent?.maxAge).toBe(400 * 24 * 3600);
    }
  });

  it("A1, S7: a visitor's cookie lasts, and so does that of a user without a login, until they log in", async () => {
    const site = siteWith();
    const visitor = site.browser();
    expect(cookieIn(await visitor.visit())).toMatch(LASTS);
    expect(cookieIn(await visitor.visit({}, (session) => session.set('cart', 'apple')))).toMatch(LASTS);
    expect(cookieIn(await visitor.logIn('alice'))).not.toMatch(LASTS);
    const basic = siteWith({ auth: [byHeader, 'moin_session'] }).browser();
    expect(cookieIn(await basic.visit({ headers: { 'x-user': 'bob' } }))).toMatch(LASTS);
  });

  it('S6: a logout deletes the cookie at once', async () => {
    const site = siteWith({ auth: ['moin_login', 'moin_session'] });
    const browser = site.browser();
    await browser.logIn('alice');
    expect(cookieIn(await browser.logOut())).toMatch(/^MOIN_SESSION=; .*; Max-Age=0;/);
    expect(browser.cookie).toBeUndefined();
  });
});
