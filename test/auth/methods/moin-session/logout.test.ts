import { describe, expect, it } from 'vitest';
import type { AuthUser } from '../../../../src/auth/method.js';
import { makeSite, visitorWith } from '../../../aid/site.js';

describe('S6: logout', () => {
  it('S6: the record is removed, the cookie deleted, the session empty and not available', async () => {
    const site = makeSite({ auth: ['moin_login', 'moin_session'] });
    const browser = site.browser();
    await browser.logIn('alice');
    await browser.visit({}, (session) => session.set('draft', 'x'));
    const thief = browser.copy();
    const { user, session, sent, reasons } = await browser.logOut();
    expect(user).toBeNull();
    expect(session).toMatchObject({ available: false, size: 0 });
    expect(sent).toMatchObject({ action: 'delete', maxAge: 0 });
    expect(browser.cookie).toBeUndefined();
    expect(reasons.moin_session).toBe('logout');
    expect(await site.records()).toEqual([]);
    const stolen = await thief.visit();
    expect(stolen.user).toBeNull();
    expect(stolen.session.has('draft')).toBe(false);
  });

  it('S6: later methods still get to know who it was, as an invalid user', async () => {
    const seen: (AuthUser | null)[] = [];
    const watch = {
      name: 'watch',
      authenticate: (_: unknown, { user }: { user: AuthUser | null }) => {
        seen.push(user);
        return { user, continue: true };
      },
    };
    const site = makeSite({ auth: ['moin_login', 'moin_session', watch] });
    const browser = site.browser();
    await browser.logIn('alice');
    await browser.logOut();
    expect(seen.map((user) => [user?.name, user?.valid])).toEqual([
      ['alice', true],
      ['alice', false],
    ]);
  });

  it('S6: an invalid user is nobody for the application, even when an earlier method had established them', async () => {
    const { user, visit } = await makeSite()
      .browser()
      .visit({ headers: { 'x-user': 'alice' }, form: { logout: true } });
    expect(user).toBeNull();
    expect(visit.trace.at(-1)?.userAfter).toMatchObject({ name: 'alice', valid: false });
  });

  it('S6: a visitor who is not logged in keeps session and cookie', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const before = await site.store.contents();
    const { session, headers, reasons } = await browser.logOut();
    expect(session.get('cart')).toBe('apple');
    expect(headers['set-cookie']).toBeUndefined();
    expect(reasons.moin_session).toBe('logout');
    expect(await site.store.contents()).toEqual(before);
    expect((await browser.visit()).session.get('cart')).toBe('apple');
  });

  it('S6: visitors who have stored nothing leave no tombstone, however often they log out', async () => {
    const site = makeSite();
    const browser = site.browser();
    for (let count = 0; count < 3; count++) await browser.logOut();
    const asAlice = { headers: { 'x-user': 'alice' } };
    await browser.visit({ ...asAlice, form: { logout: true } });
    expect(site.store.newCalls().filter((call) => call !== 'find' && call !== 'tombstone')).toEqual([]);
  });

  it('S6: of what is gone already no tombstone is left either', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    await site.sessions.purge({ all: true });
    site.store.newCalls();
    const { sent, visit } = await browser.logOut();
    expect(sent?.kind).toBe('anon');
    expect(site.store.newCalls()).not.toContain('delete');
    expect(visit.trace[2]?.text).toMatch(/the store has no such session/);
  });

  it('S6, spec 4: with moin_anon_session behind it, one Set-Cookie, the anonymous one', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const { headers, session, sent } = await browser.logOut();
    expect(headers['set-cookie']).toMatch(/^MOIN_SESSION=anon\./);
    expect(sent).toMatchObject({ action: 'set', kind: 'anon' });
    expect(session.available).toBe(false);
    expect((await browser.visit()).session.available).toBe(true);
  });

  it('S6: a logout without a cookie does nothing', async () => {
    const site = makeSite({ auth: ['moin_session'] });
    const { headers, reasons } = await site.browser().logOut();
    expect(headers['set-cookie']).toBeUndefined();
    expect(reasons.moin_session).toBe('logout');
    expect(site.store.newCalls()).toEqual([]);
  });

  it('S6, spec 4: a logout with a forged cookie deletes it and asks no store', async () => {
    const site = makeSite({ auth: ['moin_session'] });
    const browser = site.browser();
    browser.plant(`user.${'A'.repeat(43)}.${'A'.repeat(43)}`);
    expect((await browser.logOut()).sent?.action).toBe('delete');
    expect(site.store.newCalls()).toEqual([]);
  });

  it('S6, I2: a logout of a session whose bytes are no record leaves them (I4), and deletes the cookie', async () => {
    const site = makeSite({ auth: ['moin_login', 'moin_session'] });
    const browser = site.browser();
    const { session } = await browser.logIn('alice');
    site.store.putBytes(session.id as string, 'torn');
    expect((await browser.logOut()).sent?.action).toBe('delete');
    expect(await site.store.contents()).toEqual([expect.objectContaining({ id: session.id, record: null })]);
  });

  it('S6: its id gets a tombstone: repaired, the session opens nothing to the cookie of before', async () => {
    const site = makeSite({ auth: ['moin_login', 'moin_session'] });
    const browser = site.browser();
    const { session } = await browser.logIn('alice');
    const thief = browser.copy();
    const [whole] = await site.records();
    site.store.putBytes(session.id as string, 'torn');
    const { visit } = await browser.logOut();
    expect(visit.trace[1]?.text).toMatch(/no session.*opens nothing, even should somebody repair/);
    site.store.putBytes(session.id as string, JSON.stringify(whole));
    const { user, reasons } = await thief.visit();
    expect(user).toBeNull();
    expect(reasons.moin_session).toBe('refused-unknown');
  });

  it("S6, S10: an anon cookie does not end somebody else's session", async () => {
    const site = makeSite();
    const browser = site.browser();
    const asAlice = { headers: { 'x-user': 'alice' } };
    await browser.visit(asAlice);
    await browser.visit(asAlice, (session) => session.set('draft', 'x'));
    const before = await site.records();
    expect(before).toHaveLength(1);
    const other = browser.copy();
    const { sent } = await other.visit({ form: { logout: true } });
    expect(sent).toBeDefined();
    expect(await site.records()).toEqual(before);
    expect((await browser.visit(asAlice)).session.get('draft')).toBe('x');
  });

  it('S6: "ended" is emitted, with the reason', async () => {
    const site = makeSite();
    const browser = site.browser();
    const { session } = await browser.logIn('alice');
    await browser.logOut();
    expect(site.events.findLast(({ event }) => event === 'ended')).toMatchObject({
      id: session.id,
      user: 'alice',
      reason: 'logout',
    });
  });
});
