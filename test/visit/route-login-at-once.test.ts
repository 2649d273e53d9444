import { describe, expect, it } from 'vitest';
import { ConfigurationError, StoreError } from '../../src/index.js';
import type { Visit } from '../../src/visit/visit.js';
import { ALICE, BOB, during, usersAndData } from '../aid/route.js';
import { aliceWithSecret, makeSite, visitorWith } from '../aid/site.js';

describe('visit.logIn more than once, and beside other things', () => {
  it('twice in one request: the last one counts, with one cookie and one record', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    await during(browser, async (visit) => {
      await visit.logIn(ALICE);
      await visit.logIn(ALICE, { label: 'again' });
    });
    expect(await usersAndData(site)).toEqual([{ user: 'alice', data: { cart: 'apple' } }]);
    expect((await browser.visit()).visit.user?.method).toBe('route:again');
  });

  it('two at once: one after the other, and the second user has nothing of the first', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    await during(browser, async (visit) => {
      expect(await Promise.all([visit.logIn(ALICE), visit.logIn(BOB)])).toEqual(['accepted', 'accepted']);
      expect(visit.user?.name).toBe('bob');
    });
    expect(await usersAndData(site)).toEqual([{ user: 'bob', data: {} }]);
    expect((await browser.visit()).user).toBe('bob');
  });

  it('after a login by the chain in the same request: the route’s counts', async () => {
    const site = makeSite();
    const browser = site.browser();
    const form = { login: true, name: 'alice', password: 'alice' };
    await during(browser, (visit) => visit.logIn(BOB), { form });
    expect(await usersAndData(site)).toEqual([{ user: 'bob', data: {} }]);
    expect((await browser.visit()).user).toBe('bob');
  });

  it('after visit.logOut(): a new session, with nothing of the one before', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    await during(browser, async (visit) => {
      await visit.logOut();
      visit.session.set('own', 1);
      await visit.logIn(BOB);
    });
    expect(await usersAndData(site)).toEqual([{ user: 'bob', data: { own: 1 } }]);
    expect((await browser.visit()).user).toBe('bob');
  });

  it('after session.destroy() and session.rotate(): as over what is left', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const rotated = await visitorWith(site, 'cart', 'pear');
    await during(browser, async (visit) => {
      await visit.session.destroy();
      await visit.logIn(ALICE);
    });
    await during(rotated, async (visit) => {
      await visit.session.rotate();
      await visit.logIn(BOB);
    });
    expect(await usersAndData(site)).toEqual([
      { user: 'alice', data: {} },
      { user: 'bob', data: { cart: 'pear' } },
    ]);
    expect((await browser.visit()).user).toBe('alice');
    expect((await rotated.visit()).user).toBe('bob');
  });

  it('while a save is under way: the login waits for it, and loses nothing', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    await during(browser, async (visit) => {
      visit.session.set('a', 1);
      const { reached, open } = site.store.hold();
      const save = visit.session.save();
      await reached;
      visit.session.set('b', 2);
      const login = visit.logIn(ALICE);
      open();
      await Promise.all([save, login]);
    });
    expect(await usersAndData(site)).toEqual([{ user: 'alice', data: { cart: 'apple', a: 1, b: 2 } }]);
  });

  it('a login that nobody awaits is part of the commit', async () => {
    const site = makeSite();
    const browser = site.browser();
    await during(browser, (visit) => void visit.logIn(ALICE));
    expect((await browser.visit()).user).toBe('alice');
  });

  it('a store that fails: an error, and nothing has changed', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const { cookie } = browser;
    const before = await site.records();
    await during(browser, async (visit) => {
      site.store.broken = true;
      await expect(visit.logIn(ALICE)).rejects.toThrow('the disk is full');
      site.store.broken = false;
      expect(visit).toMatchObject({ user: null, loginResult: 'none' });
      expect(visit.session.get('cart')).toBe('apple');
    });
    expect(browser.cookie).toBe(cookie);
    expect(await site.records()).toEqual(before);
    expect(site.events.filter(({ event }) => event.startsWith('login'))).toMatchObject([
      { event: 'login-failed', user: 'alice', reason: 'error' },
    ]);
  });

  it('S9: a store that fails after another login had to end for this one: nobody is logged in, and the event has the name', async () => {
    const site = makeSite({ maxSessionsPerUser: 1 });
    await site.browser().logIn('alice');
    const visit = await (await visitorWith(site, 'cart', 'apple')).begin();
    site.store.before = async (call) => {
      if (call !== 'delete') return;
      site.store.before = () => {};
      throw new StoreError('the disk is full');
    };
    await expect(visit.logIn({ id: ALICE.id })).rejects.toThrow('the disk is full');
    expect((await usersAndData(site)).filter(({ data }) => 'cart' in data)).toMatchObject([{ user: null }]);
    expect(visit).toMatchObject({ user: null, loginResult: 'none', session: { kind: 'anonymous', size: 1 } });
    expect(site.events.filter(({ event }) => event === 'ended')).toMatchObject([{ reason: 'limit' }]);
    expect(site.events.at(-1)).toMatchObject({ event: 'login-failed', user: 'alice', reason: 'error' });
  });

  it('a request from another site: an identity provider’s answer logs in all the same', async () => {
    const site = makeSite();
    const request = { method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } };
    const browser = site.browser();
    await during(browser, (visit) => visit.logIn(ALICE), request);
    expect((await browser.visit()).user).toBe('alice');
  });

  it.each(['logIn', 'logOut'] as const)(
    'spec 3: %s in a chain without moin_session, or with a session of its own, is a ConfigurationError',
    async (call) => {
      const act = (visit: Visit) => (call === 'logIn' ? visit.logIn(ALICE) : visit.logOut());
      const without = await makeSite({ auth: ['moin_login'] })
        .browser()
        .begin();
      await expect(act(without)).rejects.toThrow(ConfigurationError);
      await expect(act(without)).rejects.toThrow("put 'moin_session' into 'auth'");
      const own = {
        name: 'own',
        authenticate(request: { session: unknown }) {
          const members =
            'get set has delete take clear keys values entries toJSON save reload destroy rotate update';
          request.session = Object.assign(
            Object.fromEntries(members.split(' ').map((name) => [name, () => undefined])),
            {
              id: null,
              kind: 'user',
              available: true,
              isNew: true,
              expires: null,
              size: 0,
              [Symbol.iterator]: () => [],
            },
          );
          return { user: null, continue: true };
        },
      };
      const visit = await makeSite({ auth: ['moin_session', own as never] })
        .browser()
        .begin();
      await expect(act(visit)).rejects.toThrow('log in and out by that method');
    },
  );
});
