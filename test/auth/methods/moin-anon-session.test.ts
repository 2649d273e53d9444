import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import type { AuthMethod, AuthOption, Session } from '../../../src/index.js';
import { simulate } from '../../../src/simulate.js';
import { makeSite, simulateOptions, visitorWith } from '../../aid/site.js';

/** A session that an application's own method makes. */
function ownSession(): Session {
  const members = {
    ...{ id: null, kind: 'anonymous', available: false, isNew: true, expires: null, toJSON: () => ({}) },
    ...{
      save: async () => 'unavailable',
      update: async () => 0,
      destroy: async () => {},
      rotate: async () => {},
      reload: async () => false,
      take: () => undefined,
    },
  };
  return Object.assign(new Map(), members) as unknown as Session;
}

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

describe("moin_anon_session with anonymousSessions: 'first-visit'", () => {
  const early = () => makeSite({ anonymousSessions: 'first-visit' });
  const cart = (session: Session) => session.set('cart', 'apple');

  it('A1 S8: the session is available at once; its record is written with the first value', async () => {
    const site = early();
    const browser = site.browser();
    const { session, sent, reasons } = await browser.visit({}, (own) => {
      expect(own).toMatchObject({ available: true, isNew: true, kind: 'anonymous' });
      cart(own);
    });
    expect(sent).toMatchObject({ action: 'set', kind: 'anon', maxAge: 7200 });
    expect(reasons).toMatchObject({ moin_session: 'no-cookie', moin_anon_session: 'cookie-set' });
    expect(session).toMatchObject({ available: true, isNew: false });
    expect(await site.records()).toMatchObject([
      { id: session.id, kind: 'anonymous', data: { cart: 'apple' } },
    ]);
    expect((await browser.visit()).session.toJSON()).toEqual({ cart: 'apple' });
  });

  it('A1 S8: the record ends with the cookie that the response sent', async () => {
    const site = early();
    const { sent, session } = await site.browser().visit({}, cart);
    const [record] = await site.records();
    expect(record?.cookieExpires).toBe(site.time.now + Number(sent?.maxAge) * 1000);
    expect(session.expires?.getTime()).toBe(Number(record?.cookieExpires) + HOUR);
  });

  it('A1 S8: without a value the store is not even asked', async () => {
    const site = early();
    for (let count = 0; count < 3; count++) await site.browser().visit();
    expect(site.store.newCalls()).toEqual([]);
  });

  it('A1: a request of another site gets neither cookie nor session', async () => {
    const site = early();
    const crossSite = { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } };
    const { session, headers, reasons } = await site.browser().visit(crossSite, cart);
    expect(session.available).toBe(false);
    expect(headers['set-cookie']).toBeUndefined();
    expect(reasons.moin_anon_session).toBe('cross-site');
    expect(await site.records()).toEqual([]);
  });

  it('S7: a user by a header begins as ever with the request that brings the cookie back', async () => {
    const site = early();
    const { session } = await site.browser().visit({ headers: { 'x-user': 'alice' } }, cart);
    expect(session.available).toBe(false);
    expect(await site.records()).toEqual([]);
  });

  it('S4: a login at the second request takes the cart of the first along', async () => {
    const site = early();
    const browser = site.browser();
    await browser.visit({}, cart);
    expect((await browser.logIn('alice')).session.toJSON()).toEqual({ cart: 'apple' });
    expect(await site.records()).toMatchObject([{ kind: 'user' }]);
  });

  it('A1 S6: a logout leads to an empty visitor session, so that its page can say goodbye', async () => {
    const site = early();
    const browser = site.browser();
    await browser.logIn('alice');
    await browser.visit({}, cart);
    const out = await browser.visit({ form: { logout: true } }, (session) => session.set('flash', 'bye'));
    expect(out.session.toJSON()).toEqual({ flash: 'bye' });
    expect(out.user).toBeNull();
    expect((await browser.visit()).session.toJSON()).toEqual({ flash: 'bye' });
  });

  it('A1: a value that a method before put on the request moves into the session', async () => {
    const noting: AuthMethod = {
      name: 'noting',
      authenticate({ session }, { user }) {
        session?.set('noted', 1);
        return { user, continue: true };
      },
    };
    const auth: AuthOption[] = ['moin_session', noting, 'moin_anon_session'];
    const site = makeSite({ anonymousSessions: 'first-visit', auth });
    await site.browser().visit();
    expect(await site.records()).toMatchObject([{ data: { noted: 1 } }]);
  });

  it.each([
    [new Map([['state', 'xyz']]), true],
    [new Map([['state', undefined]]), false],
    [new Map(), false],
  ])(
    'A1: returning: what an auth method puts in begins the session at once: %o',
    async (values, available) => {
      const method: AuthMethod = {
        name: 'keeping',
        authenticate: (_request, { user }) => ({ user, continue: true, values }),
      };
      const site = makeSite({ auth: [method, 'moin_session', 'moin_anon_session'] });
      expect((await site.browser().visit()).session.available).toBe(available);
      expect(await site.records()).toHaveLength(available ? 1 : 0);
    },
  );

  it('spec 3: a chain without a session method has no session, at the first visit neither', async () => {
    const site = makeSite({ anonymousSessions: 'first-visit', auth: ['moin_anon_session'] });
    const { session, sent } = await site.browser().visit({}, cart);
    expect(session.available).toBe(false);
    expect(sent).toMatchObject({ action: 'set' });
    expect(await site.records()).toEqual([]);
  });

  it('a session of an own make is not replaced', async () => {
    const made = ownSession();
    const method: AuthMethod = {
      name: 'own',
      authenticate(request, { user }) {
        request.session = made;
        return { user, continue: true };
      },
    };
    const site = makeSite({ anonymousSessions: 'first-visit', auth: [method, 'moin_anon_session'] });
    expect((await site.browser().visit()).session).toBe(made);
  });

  it('spec 7: simulate says that the session is available at once', async () => {
    const site = early();
    const options = simulateOptions(site, { anonymousSessions: 'first-visit' });
    const { requests } = await simulate(options, { request: {} });
    expect(requests[0]?.steps.at(-1)).toMatchObject({
      reason: 'cookie-set',
      text: expect.stringContaining('available at once'),
    });
    expect(requests[0]?.session).toMatchObject({ available: true, isNew: true, kind: 'anonymous' });
    expect(requests[0]?.writes).toEqual([]);
  });
});
