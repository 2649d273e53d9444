import { describe, expect, it } from 'vitest';
import type { AuthMethod } from '../../src/auth/method.js';
import { MINUTE } from '../../src/base/clock.js';
import { moinSession } from '../../src/index.js';
import type { Browser } from '../aid/browser.js';
import { ALICE, BOB, during, usersAndData } from '../aid/route.js';
import { aliceWithSecret, byHeader, makeSite, type Site, visitorWith } from '../aid/site.js';

const logIn = (browser: Browser) => during(browser, (visit) => visit.logIn(ALICE));

describe('visit.logIn: whose values move (S4)', () => {
  it('S4: a client without a cookie gets a user cookie and a record at once, before the response', async () => {
    const site = makeSite();
    const browser = site.browser();
    const visit = await browser.begin();
    expect(await visit.logIn(ALICE)).toBe('accepted');
    const [record] = await site.records();
    expect(record).toMatchObject({ kind: 'user', user: { ...ALICE, method: 'route' }, data: {} });
    expect(visit.session).toMatchObject({ id: record?.id, kind: 'user', available: true, isNew: false });
    browser.receive(await visit.commit());
    expect(browser.cookie).toMatch(/^user\./);
    expect(await browser.visit()).toMatchObject({ user: 'alice', session: { id: record?.id } });
  });

  it('S4: a visitor’s values move to a new token, saved or set in this request, in the object held before', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const before = browser.copy();
    const visit = await browser.begin();
    const { session } = visit;
    const { id } = session;
    session.set('step', 3);
    await visit.logIn(ALICE);
    expect(visit.session).toBe(session);
    expect(session.id).not.toBe(id);
    expect(session.toJSON()).toEqual({ cart: 'apple', step: 3 });
    session.set('later', true);
    browser.receive(await visit.commit());
    expect(await usersAndData(site)).toEqual([
      { user: 'alice', data: { cart: 'apple', step: 3, later: true } },
    ]);
    expect((await before.visit()).session.size).toBe(0);
  });

  it('S4: values that were set in a session that was not available move as well', async () => {
    const site = makeSite({ auth: ['moin_session'], anonymousCookieLifetime: 0 });
    const browser = site.browser();
    await during(browser, (visit) => {
      visit.session.set('cart', ['tea']);
      return visit.logIn(ALICE);
    });
    expect(await usersAndData(site)).toEqual([{ user: 'alice', data: { cart: ['tea'] } }]);
  });

  it('S4: a value read before the login and changed in place afterwards is saved', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'x', 'y');
    await browser.visit({}, (session) => session.set('cart', ['tea']));
    await during(browser, async (visit) => {
      const cart = visit.session.get('cart') as string[];
      await visit.logIn(ALICE);
      cart.push('milk');
    });
    expect(await usersAndData(site)).toEqual([{ user: 'alice', data: { x: 'y', cart: ['tea', 'milk'] } }]);
  });

  it('S4: the same user’s own session: its values move, and the old token is worthless', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    const thief = browser.copy();
    expect(await logIn(browser)).toBe('accepted');
    expect(await usersAndData(site)).toEqual([{ user: 'alice', data: { secret: 'of alice' } }]);
    site.pass(MINUTE);
    expect((await thief.visit()).user).toBeNull();
  });

  it('S4: another user’s session ends, and nothing of it moves: neither saved nor set, nor what somebody holds', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    await browser.visit({}, (session) => session.set('list', ['of alice']));
    const thief = browser.copy();
    await during(browser, async (visit) => {
      const { session } = visit;
      const held = session.get('list') as string[];
      session.set('unsaved', 'of alice');
      expect(await visit.logIn(BOB)).toBe('accepted');
      expect(session.size).toBe(0);
      held.push('late');
      expect(session.toJSON()).toEqual({});
      expect(visit.user).toEqual({ ...BOB, method: 'route' });
      session.set('own', 1);
    });
    expect(await usersAndData(site)).toEqual([{ user: 'bob', data: { own: 1 } }]);
    expect((await thief.visit()).user).toBeNull();
    expect(site.events.filter(({ event }) => event === 'ended')).toMatchObject([{ user: 'alice' }]);
  });

  it('S4: what moin_session is to leave stays behind, also what was planted in this request or meanwhile', async () => {
    const site = makeSite({
      auth: ['moin_login', moinSession({ leave: ['csrf', 'nonce'] }), 'moin_anon_session'],
    });
    const browser = await visitorWith(site, 'csrf', 'planted');
    const attacker = browser.copy();
    let planted = false;
    site.store.before = async (call) => {
      if (call !== 'create' || planted) return;
      planted = true;
      await attacker.visit({}, (session) => session.set('nonce', 'planted').set('setuid', 'u-bob'));
    };
    await during(browser, async (visit) => {
      visit.session.set('cart', 'apple').set('nonce', ['planted']);
      const held = visit.session.get('nonce') as string[];
      await visit.logIn(ALICE);
      held.push('late');
      expect(visit.session.toJSON()).toEqual({ cart: 'apple' });
    });
    expect(planted).toBe(true);
    expect(await usersAndData(site)).toEqual([{ user: 'alice', data: { cart: 'apple' } }]);
  });

  it('S4: a key to leave that is set while the login is under way stays: it is of the session after', async () => {
    const site = makeSite({ auth: [moinSession({ leave: ['csrf'] }), 'moin_anon_session'] });
    const browser = await visitorWith(site, 'csrf', 'planted');
    await during(browser, async (visit) => {
      const { reached, open } = site.store.hold();
      const done = visit.logIn(ALICE);
      await reached;
      visit.session.set('csrf', 'fresh');
      open();
      await done;
    });
    expect(await usersAndData(site)).toEqual([{ user: 'alice', data: { csrf: 'fresh' } }]);
  });

  it('I1: what other requests of the visitor save while the login is under way moves along', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const other = browser.copy();
    let saved = false;
    site.store.before = async (call) => {
      if (call !== 'delete' || saved) return;
      saved = true;
      await other.visit({}, (session) => session.set('other', 1));
    };
    await logIn(browser);
    expect(await usersAndData(site)).toEqual([{ user: 'alice', data: { cart: 'apple', other: 1 } }]);
  });

  it('S4: so does what they store under a visitor’s token that had no record yet, and the token is worthless', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    const other = browser.copy();
    await during(browser, async (visit) => {
      await other.visit({}, (session) => session.set('cart', 'apple'));
      await visit.logIn(ALICE);
      expect(visit.session.toJSON()).toEqual({ cart: 'apple' });
    });
    expect(await usersAndData(site)).toEqual([{ user: 'alice', data: { cart: 'apple' } }]);
  });

  it('S11: of a session that ended while the login was under way nothing moves', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const visit = await browser.begin();
    await site.sessions.expire({ all: true });
    visit.session.set('own', 1);
    expect(await visit.logIn(ALICE)).toBe('accepted');
    expect(visit.session.toJSON()).toEqual({ own: 1 });
    const alice = (await site.records()).find(({ user }) => user !== null);
    expect(alice?.data).toEqual({ own: 1 });
  });

  it('S7: a user of HTTP Basic who logs in by route: their own session moves to a user cookie', async () => {
    const site = makeSite();
    const browser = site.browser();
    const asAlice = { headers: { 'x-user': 'alice' } };
    await browser.visit(asAlice);
    await browser.visit(asAlice, (session) => session.set('a', 1));
    expect(browser.cookie).toMatch(/^anon\./);
    await during(browser, (visit) => visit.logIn(ALICE), asAlice);
    expect(browser.cookie).toMatch(/^user\./);
    expect(await usersAndData(site)).toEqual([{ user: 'alice', data: { a: 1 } }]);
  });

  it.each([true, false])(
    'S7, S4: as another user, with a session of their own: %s, nothing moves',
    async (has) => {
      const site = makeSite();
      const browser = site.browser();
      const asAlice = { headers: { 'x-user': 'alice' } };
      if (has) await browser.visit(asAlice);
      await during(
        browser,
        (visit) => {
          visit.session.set('a', 'of alice');
          return visit.logIn(BOB);
        },
        asAlice,
      );
      expect(await usersAndData(site)).toEqual([{ user: 'bob', data: {} }]);
    },
  );

  describe('S4: the user’s own session of S7, in a request that opens an empty one beside it (S10)', () => {
    async function aliceByHeader(site: Site): Promise<Browser> {
      const browser = site.browser();
      const asAlice = { headers: { 'x-user': 'alice' } };
      await browser.visit(asAlice);
      await browser.visit(asAlice, (session) => session.set('cart', 'apple'));
      return browser;
    }

    it('its values move, with what this request has set, and one record is left, as after a form', async () => {
      const site = makeSite();
      const browser = await aliceByHeader(site);
      await during(browser, async (visit) => {
        expect(visit.session.size).toBe(0);
        visit.session.set('step', 3);
        expect(await visit.logIn(ALICE)).toBe('accepted');
        expect(visit.session.toJSON()).toEqual({ cart: 'apple', step: 3 });
      });
      expect(await usersAndData(site)).toEqual([{ user: 'alice', data: { cart: 'apple', step: 3 } }]);
      const form = await aliceByHeader(makeSite());
      expect((await form.logIn('alice')).session.toJSON()).toEqual({ cart: 'apple' });
    });

    it('S9: and it does not count, because the login replaces it', async () => {
      const site = makeSite({ onLimit: 'deny', maxSessionsPerUser: 1 });
      expect(await logIn(await aliceByHeader(site))).toBe('accepted');
    });
  });

  it('S4: a visitor’s session that another user has taken over since ends, and nothing of it moves', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const visit = await browser.begin();
    const { id } = visit.session;
    visit.session.set('own', 1);
    await browser.copy().visit({ headers: { 'x-user': 'bob' } }, (session) => session.set('b', 'of bob'));
    expect(await visit.logIn(ALICE)).toBe('accepted');
    expect(await usersAndData(site)).toEqual([{ user: 'alice', data: { own: 1 } }]);
    expect(site.events.filter(({ event }) => event === 'ended')).toMatchObject([{ id, user: 'bob' }]);
  });

  it('S4, S6: a visitor’s session that a user without a login works with ends when another user logs in', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const visit = await browser.begin({ headers: { 'x-user': 'bob' } });
    const id = visit.session.id as string;
    expect(visit.session.get('cart')).toBe('apple');
    expect(await visit.logIn(ALICE)).toBe('accepted');
    expect(await usersAndData(site)).toEqual([{ user: 'alice', data: {} }]);
    expect(await site.store.tombstone(id)).toMatchObject({ reason: 'logout' });
    expect(await site.store.tombstone(id)).not.toHaveProperty('successor');
  });

  it.each([
    [ALICE, { secret: 'of alice' }],
    [BOB, {}],
  ])('S5: a session that a veto keeps closed is replaced by a login of $name: %j', async (user, expected) => {
    const vetoing: AuthMethod = {
      name: 'vetoing',
      authenticate: ({ headers }, { user }) => ({ user: headers.veto ? null : user, continue: true }),
    };
    const site = makeSite({ auth: [byHeader, vetoing, 'moin_login', 'moin_session'] });
    const browser = await aliceWithSecret(site);
    const vetoed = { headers: { 'x-user': 'carol', veto: '1' } };
    await during(
      browser,
      (visit) => {
        expect(visit.session.available).toBe(false);
        return visit.logIn(user);
      },
      vetoed,
    );
    expect(await usersAndData(site)).toEqual([{ user: user.name, data: expected }]);
  });

  it('spec 4: of several cookies, all that would log somebody else in end', async () => {
    const site = makeSite();
    const [one, two] = [await aliceWithSecret(site), site.browser()];
    await two.logIn('carol');
    const cookie = `MOIN_SESSION=${one.cookie}; MOIN_SESSION=${two.cookie}`;
    const visit = await site.sessions.begin({ headers: { cookie } });
    await visit.logIn(BOB);
    expect(await usersAndData(site)).toEqual([{ user: 'bob', data: {} }]);
  });
});
