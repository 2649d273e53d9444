import { describe, expect, it } from 'vitest';
import { makeSite, visitorWith } from '../../aid/site.js';

describe('moin_anon_session', () => {
  it('A1: no session: a token and its cookie, and nothing else; the session comes with the next request', async () => {
    const site = makeSite();
    const browser = site.browser();
    const { session, sent, reasons, visit } = await browser.visit({}, (own) => own.set('cart', 'apple'));
    expect(session.available).toBe(false);
    expect(sent).toMatchObject({ action: 'set', kind: 'anon', maxAge: 7200 });
    expect(reasons.moin_anon_session).toBe('cookie-set');
    expect(visit.user).toBeNull();
    expect(site.store.newCalls()).toEqual([]);
    expect((await browser.visit()).session).toMatchObject({ available: true, size: 0 });
  });

  it('A1: a browser that does not send it back gets another one each time, and the store sees none of it', async () => {
    const site = makeSite();
    const cookies = new Set<string | undefined>();
    for (let count = 0; count < 5; count++) {
      const browser = site.browser();
      await browser.visit({}, (session) => session.set('cart', 'apple'));
      cookies.add(browser.cookie);
    }
    expect(cookies.size).toBe(5);
    expect(site.store.newCalls()).toEqual([]);
  });

  it('A1: in place of a refused user cookie: one Set-Cookie, the anonymous one', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    await site.sessions.purge({ all: true });
    const { headers, reasons } = await browser.visit();
    expect(reasons).toMatchObject({ moin_session: 'refused-unknown', moin_anon_session: 'cookie-set' });
    expect(headers['set-cookie']).toMatch(/^MOIN_SESSION=anon\.[^,]*; /);
  });

  it('A1: in place of a forged cookie', async () => {
    const browser = makeSite().browser();
    browser.plant('forged');
    expect((await browser.visit()).headers['set-cookie']).toMatch(/^MOIN_SESSION=anon\./);
  });

  it('A2: a session is available: nothing', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const { headers, reasons } = await browser.visit();
    expect(headers['set-cookie']).toBeUndefined();
    expect(reasons.moin_anon_session).toBe('already-available');
  });

  it('A2: anonymousCookieLifetime is 0: nothing', async () => {
    const { headers, session, reasons } = await makeSite({ anonymousCookieLifetime: 0 }).browser().visit();
    expect(headers['set-cookie']).toBeUndefined();
    expect(session.available).toBe(false);
    expect(reasons.moin_anon_session).toBe('disabled');
  });
});
