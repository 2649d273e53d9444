import { describe, expect, it, vi } from 'vitest';
import type { AuthOption } from '../../../../src/auth/builtin.js';
import { HOUR, MINUTE } from '../../../../src/base/clock.js';
import { idOf, newToken } from '../../../../src/session/cookie/token.js';
import { createSessions } from '../../../../src/sessions.js';
import { byHeader, makeSite, SECRET, visitorWith } from '../../../aid/site.js';

describe('S1: no cookie', () => {
  it('S1: the session is not available, reads as empty, and asks no store', async () => {
    const site = makeSite({ auth: ['moin_session'] });
    const { session, user, headers, reasons } = await site.browser().visit();
    expect(user).toBeNull();
    expect(session.available).toBe(false);
    expect(session.id).toBeNull();
    expect([...session]).toEqual([]);
    expect(session.get('cart')).toBeUndefined();
    expect(headers['set-cookie']).toBeUndefined();
    expect(reasons).toEqual({ moin_session: 'no-cookie' });
    expect(site.store.newCalls()).toEqual([]);
  });

  it('S1: what is written is kept for this request alone', async () => {
    const site = makeSite({ auth: ['moin_session'] });
    const browser = site.browser();
    const first = await browser.visit({}, (session) => {
      session.set('cart', 'apple');
      expect(session.get('cart')).toBe('apple');
    });
    expect(first.headers['set-cookie']).toBeUndefined();
    expect(await site.records()).toEqual([]);
    const { session } = await browser.visit();
    expect(session.get('cart')).toBeUndefined();
  });

  it('S1: the first such write of a process warns once, with the remedy', async () => {
    vi.resetModules();
    const { makeSite: makeFreshSite } = await import('../../../aid/site.js');
    const emitWarning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const browser = makeFreshSite({ auth: ['moin_session'] }).browser();
    await browser.visit({}, (session) => session.get('cart'));
    expect(emitWarning).not.toHaveBeenCalled();
    await browser.visit({}, (session) => session.set('cart', 1).set('more', 2));
    await browser.visit({}, (session) => session.set('cart', 1));
    expect(emitWarning).toHaveBeenCalledTimes(1);
    expect(String(emitWarning.mock.calls[0]?.[0])).toMatch(/"cart".*session\.available.*moin_anon_session/);
    emitWarning.mockRestore();
  });
});

describe('S2: an anonymous cookie', () => {
  it('S2: nothing under it yet: available and empty, and the token stays', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    const { cookie } = browser;
    const { session, sent, reasons } = await browser.visit();
    expect(session).toMatchObject({ available: true, isNew: true, size: 0, kind: 'anonymous' });
    expect(reasons.moin_session).toBe('anonymous-new');
    expect(sent).toBeNull();
    expect(browser.cookie).toBe(cookie);
  });

  it('S2: holds what the store has under it', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const { session, user, reasons } = await browser.visit();
    expect(session).toMatchObject({ available: true, isNew: false });
    expect(session.get('cart')).toBe('apple');
    expect(user).toBeNull();
    expect(reasons.moin_session).toBe('anonymous-restored');
  });

  it("S2: the cookie's own age is not checked, only `expires` counts: in grace it is restored", async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const late = browser.copy();
    late.plant(browser.cookie);
    site.pass(3 * HOUR - 1);
    const { session, reasons } = await late.visit();
    expect(reasons.moin_session).toBe('anonymous-restored');
    expect(session.get('cart')).toBe('apple');
  });

  it('S2: expired: empty, and a new token that is good at once', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const old = browser.cookie;
    browser.plant(old);
    site.pass(3 * HOUR);
    const { session, sent, reasons } = await browser.visit({}, (fresh) => {
      expect(fresh.size).toBe(0);
      fresh.set('cart', 'pear');
    });
    expect(reasons.moin_session).toBe('anonymous-new');
    expect(session.available).toBe(true);
    expect(sent).toMatchObject({ action: 'set', kind: 'anon' });
    expect(browser.cookie).not.toBe(old);
    expect((await browser.visit()).session.get('cart')).toBe('pear');
  });

  it('S2: ended by an administrator: empty, and a new token', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const old = browser.cookie;
    await site.sessions.expire({ kind: 'anonymous' });
    const { session } = await browser.visit();
    expect(session).toMatchObject({ available: true, size: 0 });
    expect(browser.cookie).not.toBe(old);
  });

  it('S2: ended by a login whose answer was lost: a new token, so that what is stored now is kept', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const old = browser.cookie;
    const login = await browser.begin({ form: { login: true, name: 'alice', password: 'alice' } });
    await login.commit();
    site.pass(MINUTE);
    const { session } = await browser.visit({}, (fresh) => {
      expect(fresh).toMatchObject({ available: true, size: 0 });
      fresh.set('cart', 'pear');
    });
    expect(session.available).toBe(true);
    expect(browser.cookie).not.toBe(old);
    expect((await browser.visit()).session.get('cart')).toBe('pear');
  });

  it('S2: a request beside that login sets no cookie, which could overwrite the one of the login', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const beside = browser.copy();
    await browser.logIn('alice');
    site.pass(MINUTE - 1);
    const { session, headers } = await beside.visit({}, (stale) => stale.set('cart', 'pear'));
    expect(headers['set-cookie']).toBeUndefined();
    expect(session.available).toBe(false);
    expect((await browser.visit()).session.get('cart')).toBe('apple');
  });

  it('I4: a record that cannot be read is neither shown nor overwritten; a new token', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const id = (await site.records())[0]?.id as string;
    site.store.putBytes(id, '{"torn');
    await browser.visit({}, (session) => session.set('cart', 'pear'));
    const entries = await site.store.contents();
    expect(entries).toContainEqual(expect.objectContaining({ id, bytes: 6, record: null }));
    expect((await browser.visit()).session.get('cart')).toBe('pear');
  });

  it('an anonymous cookie from before is of no use once the site has no anonymous sessions', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const strict = makeSite({ store: site.store, anonymousCookieLifetime: 0, auth: ['moin_session'] });
    const other = strict.browser();
    other.plant(browser.cookie);
    expect((await other.visit()).session.available).toBe(false);
  });
});

describe('S3: a user cookie', () => {
  it('S3: session and user are restored while now < cookieExpires, to the last millisecond', async () => {
    const site = makeSite({ cookieLifetime: 1 });
    const browser = site.browser();
    await browser.logIn('alice');
    browser.plant(browser.cookie);
    site.pass(HOUR - 1);
    const { user, session, visit, reasons } = await browser.visit();
    expect(user).toBe('alice');
    expect(visit.user).toEqual({ id: 'u-alice', name: 'alice', method: 'moin_login' });
    expect(session).toMatchObject({ available: true, kind: 'user' });
    expect(reasons.moin_session).toBe('restored');
  });

  async function refused(site = makeSite({ cookieLifetime: 1 })) {
    const browser = site.browser();
    await browser.logIn('alice');
    browser.plant(browser.cookie);
    return { site, browser, before: await site.records() };
  }

  it.each([
    ['in grace, from cookieExpires on', HOUR],
    ['in grace, at its end', 2 * HOUR - 1],
    ['expired', 2 * HOUR],
  ])('S3: %s: refused, the cookie deleted, the record left alone', async (_, ms) => {
    const { site, browser, before } = await refused(
      makeSite({ cookieLifetime: 1, auth: ['moin_login', 'moin_session'] }),
    );
    site.pass(ms);
    const { user, session, sent, reasons } = await browser.visit();
    expect(user).toBeNull();
    expect(session.available).toBe(false);
    expect(reasons.moin_session).toBe('refused-expired');
    expect(sent).toMatchObject({ action: 'delete', maxAge: 0 });
    expect(await site.records()).toEqual(before);
  });

  it('S3: removed: refused-unknown, the cookie deleted', async () => {
    const { site, browser } = await refused(makeSite({ auth: ['moin_login', 'moin_session'] }));
    await site.sessions.purge({ all: true });
    const { user, sent, reasons } = await browser.visit();
    expect(user).toBeNull();
    expect(reasons.moin_session).toBe('refused-unknown');
    expect(sent?.action).toBe('delete');
  });

  it.each(['remove', 'disable'] as const)(
    'S3: its user is gone or disabled (%s): refused-user',
    async (what) => {
      const { site, browser, before } = await refused(makeSite({ auth: ['moin_login', 'moin_session'] }));
      site.users[what]('alice');
      const { user, session, sent, reasons } = await browser.visit();
      expect(user).toBeNull();
      expect(session.available).toBe(false);
      expect(reasons.moin_session).toBe('refused-user');
      expect(sent?.action).toBe('delete');
      expect(await site.records()).toEqual(before);
    },
  );

  it('S3: a user who was renamed goes on under the new name', async () => {
    const { site, browser } = await refused();
    site.users.rename('alice', 'alicia');
    expect((await browser.visit()).user).toBe('alicia');
  });

  it('S3: without a user directory the record says who it is', async () => {
    const auth: AuthOption[] = [byHeader, 'moin_session'];
    const site = makeSite({ auth });
    const browser = site.browser();
    await browser.visit({ headers: { 'x-user': 'alice' }, form: { login: true } });
    const other = createSessions({ store: site.store, secrets: SECRET, clock: () => site.time.now, auth });
    const { user } = await other.begin({ headers: { cookie: `MOIN_SESSION=${browser.cookie}` } });
    expect(user?.name).toBe('alice');
  });

  it('S3: bytes that are not a record log no user in, and stay (I4)', async () => {
    const { site, browser, before } = await refused(makeSite({ auth: ['moin_login', 'moin_session'] }));
    site.store.putBytes(before[0]?.id as string, '');
    const { user, reasons } = await browser.visit();
    expect(user).toBeNull();
    expect(reasons.moin_session).toBe('refused-unknown');
    expect(await site.store.contents()).toHaveLength(1);
  });

  it('an anonymous record under a user cookie logs nobody in', async () => {
    const { site, browser, before } = await refused();
    site.store.putBytes(
      before[0]?.id as string,
      JSON.stringify({ ...before[0], kind: 'anonymous', user: null }),
    );
    const { user, reasons } = await browser.visit();
    expect(user).toBeNull();
    expect(reasons.moin_session).toBe('refused-unknown');
  });

  it('spec 2: the store and the events know the id alone, never the token', async () => {
    const { site, browser } = await refused();
    const token = browser.cookie?.split('.')[1] as string;
    const stored = JSON.stringify([await site.store.contents(), site.events]);
    expect(stored).toContain(idOf(token));
    expect(stored).not.toContain(token);
    expect(newToken()).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});
