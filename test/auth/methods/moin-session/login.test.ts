import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../../src/base/clock.js';
import { byHeader, makeSite, visitorWith } from '../../../aid/site.js';

const WITH_PASSWORD = { login: true, name: 'alice', password: 'alice' };

describe('S4: a login', () => {
  it('S4: a record is written at once, cookie or no cookie before, and under a user cookie', async () => {
    const site = makeSite();
    const browser = site.browser();
    const { user, session, sent, reasons } = await browser.logIn('alice');
    expect(user).toBe('alice');
    expect(session).toMatchObject({ available: true, kind: 'user', isNew: false });
    expect(sent).toMatchObject({ action: 'set', kind: 'user', maxAge: 12 * 3600 });
    expect(reasons).toMatchObject({ moin_login: 'accepted', moin_session: 'login' });
    expect(await site.records()).toEqual([
      expect.objectContaining({
        id: session.id,
        kind: 'user',
        user: { id: 'u-alice', name: 'alice', method: 'moin_login' },
        data: {},
      }),
    ]);
    expect((await browser.visit()).user).toBe('alice');
  });

  it('S4: the record is there when begin answers, before the application commits', async () => {
    const site = makeSite();
    await site.browser().begin({ form: WITH_PASSWORD });
    expect(await site.records()).toHaveLength(1);
  });

  it('S4: a new token, always: over an anonymous session, whose data move along and whose record goes', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const old = browser.cookie as string;
    const [before] = await site.records();
    const { session } = await browser.logIn('alice');
    expect(browser.cookie?.split('.')[1]).not.toBe(old.split('.')[1]);
    expect(session.get('cart')).toBe('apple');
    const records = await site.records();
    expect(records.map(({ id }) => id)).toEqual([session.id]);
    expect(session.id).not.toBe(before?.id);
    expect((await browser.visit()).session.get('cart')).toBe('apple');
  });

  it('S4: over a session of the same user the data move along, under a new token', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const { session: first } = await browser.visit({}, (session) => session.set('draft', 'x'));
    site.pass(HOUR);
    const { session } = await browser.logIn('alice');
    expect(session.id).not.toBe(first.id);
    expect(session.get('draft')).toBe('x');
    expect((await site.records()).map(({ id, created }) => [id, created])).toEqual([
      [session.id, site.time.now],
    ]);
  });

  it("S4: over another user's session nothing moves along, and that session ends", async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    await browser.visit({}, (session) => session.set('secret', 'x'));
    const stale = browser.copy();
    const { session, user } = await browser.logIn('bob');
    expect(user).toBe('bob');
    expect(session.has('secret')).toBe(false);
    expect((await site.records()).map((record) => record.user?.name)).toEqual(['bob']);
    expect((await stale.visit()).user).toBeNull();
    expect(site.events).toContainEqual(
      expect.objectContaining({ event: 'ended', user: 'alice', reason: 'logout' }),
    );
  });

  it('S4: the old token is worthless: neither an anonymous nor a user cookie of before finds anything', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const thief = browser.copy();
    await browser.logIn('alice');
    const { user, session } = await thief.visit();
    expect(user).toBeNull();
    expect(session.has('cart')).toBe(false);
  });

  it('S4: a token that a stranger planted is not the one after the login, though it held nothing', async () => {
    const site = makeSite();
    const stranger = site.browser();
    await stranger.visit();
    const victim = stranger.copy();
    await victim.logIn('alice');
    const { user, session } = await stranger.visit({}, (own) => own.set('cart', 'poisoned'));
    expect(user).toBeNull();
    expect(session.available).toBe(false);
    expect((await victim.visit()).session.has('cart')).toBe(false);
  });

  it('S4: what was over already moves nothing along', async () => {
    const site = makeSite({ cookieLifetime: 1 });
    const browser = site.browser();
    await browser.logIn('alice');
    await browser.visit({}, (session) => session.set('draft', 'x'));
    browser.plant(browser.cookie);
    site.pass(HOUR);
    const { session } = await browser.logIn('alice');
    expect(session.has('draft')).toBe(false);
  });

  it('S4: a user of any earlier method may log in', async () => {
    const other = makeSite({ auth: [byHeader, 'moin_session'] });
    const browser = other.browser();
    await browser.visit({ headers: { 'x-user': 'carol' }, form: { login: true } });
    expect((await browser.visit()).visit.user).toEqual({ id: 'u-carol', name: 'carol', method: 'by_header' });
  });

  it('S6: login and logout in one request: the login counts', async () => {
    const site = makeSite();
    const browser = site.browser();
    const { user, reasons } = await browser.visit({ form: { ...WITH_PASSWORD, logout: true } });
    expect(user).toBe('alice');
    expect(reasons).toMatchObject({ moin_login: 'accepted', moin_session: 'login' });
    expect((await browser.visit()).user).toBe('alice');
  });

  it('S4, Lifetimes: "remember me" asks for the long lifetime', async () => {
    const { sent } = await makeSite().browser().logIn('alice', { rememberMe: true });
    expect(sent?.maxAge).toBe(400 * 24 * 3600);
  });
});

describe('S5: a login that failed', () => {
  it.each([
    ['a wrong password', { name: 'alice', password: 'wrong' }],
    ['an unknown name', { name: 'mallory', password: 'x' }],
    ['no name', { name: '', password: 'x' }],
    ['no password', { name: 'alice', password: '' }],
    ['a name of 5000 characters', { name: 'a'.repeat(5000), password: 'x' }],
  ])('S5: %s: the anonymous session stays as it was', async (_, form) => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const [before, cookie] = [await site.records(), browser.cookie];
    const { user, session, headers, reasons } = await browser.visit({ form: { login: true, ...form } });
    expect(user).toBeNull();
    expect(session.get('cart')).toBe('apple');
    expect(headers['set-cookie']).toBeUndefined();
    expect(browser.cookie).toBe(cookie);
    expect(await site.records()).toEqual(before);
    expect(reasons).toMatchObject({ moin_login: 'rejected', moin_session: 'login-failed' });
  });

  it('S5: a disabled user is rejected', async () => {
    const site = makeSite();
    site.users.disable('alice');
    const { user, reasons } = await site.browser().logIn('alice');
    expect(user).toBeNull();
    expect(reasons.moin_login).toBe('rejected');
    expect(await site.records()).toEqual([]);
  });

  it('S5: a user who was logged in stays so', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const { user } = await browser.logIn('bob', { password: 'wrong' });
    expect(user).toBe('alice');
    expect((await browser.visit()).user).toBe('alice');
  });

  it('S5: a refused form makes no login of whom an earlier method established', async () => {
    const site = makeSite();
    const request = { headers: { 'x-user': 'alice' }, form: { login: true, name: 'bob', password: 'wrong' } };
    const { user, reasons } = await site.browser().visit(request);
    expect(user).toBe('alice');
    expect(reasons.moin_session).toBe('login-failed');
    expect(await site.records()).toEqual([]);
  });

  it('S5, S6: where login and logout come at once and the login fails, nobody is logged out', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const { user, reasons } = await browser.logIn('bob', { password: 'wrong', logout: true });
    expect(user).toBe('alice');
    expect(reasons.moin_session).toBe('login-failed');
    expect((await browser.visit()).user).toBe('alice');
  });
});
