import { describe, expect, it } from 'vitest';
import { HOUR } from '../../src/base/clock.js';
import { changeUser } from '../../src/index.js';
import type { Browser } from '../aid/browser.js';
import { ALICE, BOB, during } from '../aid/route.js';
import { aliceWithSecret, makeSite, visitorWith } from '../aid/site.js';

const logIn = (browser: Browser) => during(browser, (visit) => visit.logIn(ALICE));

describe('visit.logIn: who is logged in, and how the record names it', () => {
  it('spec 5: the method is route:LABEL, and the session is restored by it', async () => {
    const site = makeSite();
    const browser = site.browser();
    await during(browser, (visit) => visit.logIn(ALICE, { label: 'magic-link' }));
    const { visit } = await browser.visit();
    expect(visit.user).toEqual({ ...ALICE, method: 'route:magic-link' });
  });

  it.each(['', 'two words', 'a:b', 'x'.repeat(41), 'ä', 7 as never])(
    'spec 5: %j is no label: a TypeError, and nothing changes',
    async (label) => {
      const site = makeSite();
      const visit = await site.browser().begin();
      await expect(visit.logIn(ALICE, { label })).rejects.toThrow(/the label of visit\.logIn is/);
      expect(visit.loginResult).toBe('none');
      expect(await site.records()).toEqual([]);
    },
  );

  it.each([undefined, null, 'alice', {}, { id: 7 }, { id: '' }, { id: 'a', name: 1 }])(
    'spec 5: %j is no user: a TypeError',
    async (user) => {
      const visit = await makeSite().browser().begin();
      await expect(visit.logIn(user as never)).rejects.toThrow(TypeError);
    },
  );

  it('spec 5: null in place of the options is none', async () => {
    const visit = await makeSite().browser().begin();
    expect(await visit.logIn(ALICE, null as never)).toBe('accepted');
  });

  it('an unknown option is an error with the remedy: it would be without effect', async () => {
    const visit = await makeSite().browser().begin();
    const login = visit.logIn(ALICE, { rememberme: true } as never);
    await expect(login).rejects.toThrow(
      'visit.logIn has no option "rememberme" (did you mean \'rememberMe\'?): there are label, rememberMe, passwordStamp',
    );
    expect(visit).toMatchObject({ user: null, loginResult: 'none' });
  });

  it('spec 3: an entry of the directory is passed as it is, and the directory gives the name', async () => {
    const site = makeSite();
    const entry = await site.users.findByName('alice');
    const visit = await site.browser().begin();
    await visit.logIn(entry as typeof ALICE);
    expect(visit.user?.name).toBe('alice');
    const other = await site.browser().begin();
    await other.logIn({ id: 'u-bob', name: 'mallory' });
    expect(other.user?.name).toBe('bob');
  });

  it.each(['unknown-user', 'disabled-user'])(
    'spec 3: whom the directory refuses (%s) is not logged in, and nothing changes',
    async (reason) => {
      const site = makeSite();
      const browser = await visitorWith(site, 'cart', 'apple');
      if (reason === 'unknown-user') site.users.remove('bob');
      else site.users.disable('bob');
      const before = await site.records();
      const { cookie } = browser;
      await during(browser, async (visit) => {
        expect(await visit.logIn(BOB)).toBe('failed');
        expect(visit).toMatchObject({ user: null, loginResult: 'failed' });
        expect(visit.session.get('cart')).toBe('apple');
      });
      expect(await site.records()).toEqual(before);
      expect(browser.cookie).toBe(cookie);
      expect(site.events.at(-1)).toMatchObject({ event: 'login-failed', user: 'bob', reason });
    },
  );

  it('spec 3: the directory is read anew: a user disabled since the request began is not logged in', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    const visit = await browser.begin();
    site.users.disable('alice');
    expect(await visit.logIn(ALICE)).toBe('failed');
  });

  it('spec 5: visit.user has the fields that the directory gives, past the cache of users', async () => {
    const site = makeSite({ userCache: 60 });
    site.users.give('alice', { roles: ['reader'] });
    const browser = site.browser();
    await browser.logIn('alice');
    expect((await browser.visit()).visit.user).toMatchObject({ roles: ['reader'] });
    site.users.add('alice');
    site.users.give('alice', { roles: ['editor'] });
    const visit = await browser.begin();
    expect(visit.user).toMatchObject({ roles: ['reader'] });
    await visit.logIn(ALICE);
    expect(visit.user).toEqual({ ...ALICE, method: 'route', roles: ['editor'] });
    expect(visit.realUser).toBe(visit.user);
  });

  it('spec 5: without a directory the fields of the given user count for this request', async () => {
    const site = makeSite({ users: undefined, auth: ['moin_session'] } as never);
    const browser = site.browser();
    const editor = { id: '17', name: 'Zoë', roles: ['editor'], password: 'x' };
    await during(browser, async (visit) => {
      await visit.logIn(editor);
      expect(visit.user).toEqual({ id: '17', name: 'Zoë', method: 'route', roles: ['editor'] });
    });
    expect((await browser.visit()).visit.user).toEqual({ id: '17', name: 'Zoë', method: 'route' });
  });

  it('spec 3: without a directory the id and name given count, the id if there is no name', async () => {
    const site = makeSite({ users: undefined, auth: ['moin_session'] } as never);
    const visit = await site.browser().begin();
    expect(await visit.logIn({ id: '17', name: 'Zoë', disabled: true })).toBe('failed');
    expect(await visit.logIn({ id: '17' })).toBe('accepted');
    expect(visit.user).toEqual({ id: '17', name: '17', method: 'route' });
  });

  it('spec 5: a superuser’s change of user ends', async () => {
    const site = makeSite({ superuser: ['alice'] });
    const browser = site.browser();
    await browser.logIn('alice');
    await during(browser, (visit) => changeUser(visit, 'bob'));
    await during(browser, async (visit) => {
      expect(visit.user?.name).toBe('bob');
      await visit.logIn(ALICE);
      expect(visit).toMatchObject({ user: { name: 'alice' }, realUser: { name: 'alice' } });
      expect(visit.session.has('setuid')).toBe(false);
    });
    expect((await browser.visit()).user).toBe('alice');
  });

  it('spec 3: rememberMe lasts 400 days instead of 12 hours', async () => {
    const site = makeSite();
    const [short, long] = [site.browser(), site.browser()];
    await logIn(short);
    await during(long, (visit) => visit.logIn(ALICE, { rememberMe: true }));
    site.pass(13 * HOUR);
    expect((await short.visit()).user).toBeNull();
    expect((await long.visit()).user).toBe('alice');
  });
});

describe('visit.logIn at the limit of sessions (S9)', () => {
  it('S9: the session that was not seen longest ends', async () => {
    const site = makeSite({ maxSessionsPerUser: 1 });
    const old = await aliceWithSecret(site);
    site.pass(1000);
    await logIn(site.browser());
    expect((await old.visit()).user).toBeNull();
  });

  it('S9: onLimit deny: denied, and everything stays, also what is unsaved', async () => {
    const site = makeSite({ maxSessionsPerUser: 1, onLimit: 'deny' });
    await aliceWithSecret(site);
    const browser = await visitorWith(site, 'cart', 'apple');
    const { cookie } = browser;
    await during(browser, async (visit) => {
      visit.session.set('csrf', 'x');
      site.store.newCalls();
      expect(await visit.logIn(ALICE)).toBe('denied');
      expect(site.store.newCalls()).not.toContain('create');
      expect(visit).toMatchObject({ user: null, loginResult: 'denied' });
      expect(visit.session.toJSON()).toEqual({ cart: 'apple', csrf: 'x' });
    });
    expect(browser.cookie).toBe(cookie);
    expect((await browser.visit()).session.toJSON()).toEqual({ cart: 'apple', csrf: 'x' });
    expect(site.events.findLast(({ event }) => event === 'login-failed')).toMatchObject({
      user: 'alice',
      reason: 'denied',
    });
  });

  it('S9: the user’s own session, which the login replaces, does not count', async () => {
    const site = makeSite({ maxSessionsPerUser: 1, onLimit: 'deny' });
    const browser = await aliceWithSecret(site);
    expect(await logIn(browser)).toBe('accepted');
  });

  it('S9: of many at once exactly as many hold as the limit allows', async () => {
    const site = makeSite({ maxSessionsPerUser: 3, onLimit: 'deny' });
    const results = await Promise.all(Array.from({ length: 10 }, () => logIn(site.browser())));
    expect(results.filter((result) => result === 'accepted')).toHaveLength(3);
    expect(await site.records()).toHaveLength(3);
  });
});
