import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/base/clock.js';
import { changeUser } from '../../src/index.js';
import { ALICE, during, usersAndData } from '../aid/route.js';
import { aliceWithSecret, makeSite, type Site, visitorWith } from '../aid/site.js';

const events = (site: Site, name: string) => site.events.filter(({ event }) => event === name);

describe('visit.logOut (S6)', () => {
  it('S6: ends the record with a tombstone, deletes the cookie, and leaves an empty session', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    const thief = browser.copy();
    await during(browser, async (visit) => {
      const { session } = visit;
      const { id } = session;
      session.set('unsaved', 1);
      await visit.logOut();
      expect(visit).toMatchObject({ user: null, realUser: null });
      expect(visit.session).toBe(session);
      expect(session).toMatchObject({ id: null, kind: 'anonymous', available: false, size: 0 });
      expect((await site.store.tombstone(id as string))?.reason).toBe('logout');
      expect(await session.save()).toBe('unchanged');
    });
    expect(browser.cookie).toBeUndefined();
    expect(await site.records()).toEqual([]);
    expect((await thief.visit()).user).toBeNull();
  });

  it('S6: a visitor keeps session, values and cookie', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const { cookie } = browser;
    await during(browser, async (visit) => {
      visit.session.set('more', 1);
      await visit.logOut();
      expect(visit.session).toMatchObject({ available: true, size: 2 });
    });
    expect(browser.cookie).toBe(cookie);
    expect(await usersAndData(site)).toEqual([{ user: null, data: { cart: 'apple', more: 1 } }]);
    expect(events(site, 'logout')).toEqual([]);
  });

  it('S6, S10: a session that has just replaced a visitor’s stays, if it is another user’s', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const visit = await browser.begin({ headers: { 'x-user': 'alice' } });
    await browser.logIn('bob');
    await visit.logOut();
    expect((await browser.visit()).user).toBe('bob');
  });

  it('S6: a client without a cookie has nothing to log out of', async () => {
    const site = makeSite();
    const visit = await site.browser().begin();
    await visit.logOut();
    expect(await visit.commit()).toHaveProperty('set-cookie', expect.stringMatching(/^MOIN_SESSION=anon\./));
  });

  it('S6: the session that has just replaced it ends as well', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    const late = browser.copy();
    const visit = await late.begin();
    await browser.visit({}, (session) => session.rotate());
    await visit.logOut();
    expect(await site.records()).toEqual([]);
    expect((await browser.visit()).user).toBeNull();
    expect(events(site, 'logout')).toMatchObject([{ user: 'alice' }]);
  });

  it('S6: also where the request came with the replaced token, and nobody is known', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    const late = browser.copy();
    await browser.visit({}, (session) => session.rotate());
    await during(late, async (visit) => {
      expect(visit.user).toBeNull();
      await visit.logOut();
    });
    expect(await site.records()).toEqual([]);
    expect(events(site, 'logout')).toMatchObject([{ user: 'alice', method: 'moin_login' }]);
  });

  it('S6, S3: a minute later the stale token ends nothing', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    const late = browser.copy();
    await browser.visit({}, (session) => session.rotate());
    site.pass(MINUTE);
    await during(late, (visit) => visit.logOut());
    expect((await browser.visit()).user).toBe('alice');
    expect(events(site, 'logout')).toEqual([]);
  });

  it('S6: the sessions of all user cookies end, so that nobody is the next one', async () => {
    const site = makeSite();
    const [one, two] = [await aliceWithSecret(site), site.browser()];
    await two.logIn('bob');
    const cookie = `MOIN_SESSION=${one.cookie}; MOIN_SESSION=${two.cookie}`;
    const visit = await site.sessions.begin({ headers: { cookie } });
    await visit.logOut();
    expect(await site.records()).toEqual([]);
    expect(events(site, 'logout')).toHaveLength(1);
  });

  it('S6: after a login in the same request, the new session ends and the cookie is deleted', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    await during(browser, async (visit) => {
      await visit.logIn(ALICE);
      await visit.logOut();
    });
    expect(browser.cookie).toBeUndefined();
    expect(await site.records()).toEqual([]);
  });

  it('S6, S7: a user of HTTP Basic: the session under the anon cookie ends', async () => {
    const site = makeSite();
    const browser = site.browser();
    const asAlice = { headers: { 'x-user': 'alice' } };
    await browser.visit(asAlice);
    await browser.visit(asAlice, (session) => session.set('a', 1));
    await during(browser, (visit) => visit.logOut(), asAlice);
    expect(await site.records()).toEqual([]);
    expect(browser.cookie).toBeUndefined();
    expect(events(site, 'logout')).toMatchObject([{ user: 'alice', method: 'by_header' }]);
  });

  it('S6, S7: values kept for the request alone are gone, and no record or tombstone is made', async () => {
    const site = makeSite();
    const visit = await site.browser().begin({ headers: { 'x-user': 'alice' } });
    site.store.newCalls();
    visit.session.set('a', 1);
    await visit.logOut();
    expect(visit.session.size).toBe(0);
    expect(site.store.newCalls()).not.toContain('delete');
  });

  it('S6: a superuser who is somebody else logs out as who they are', async () => {
    const site = makeSite({ superuser: ['alice'] });
    const browser = site.browser();
    await browser.logIn('alice');
    await during(browser, (visit) => changeUser(visit, 'bob'));
    await during(browser, (visit) => visit.logOut());
    expect(await site.records()).toEqual([]);
    expect(events(site, 'logout')).toMatchObject([{ user: 'alice' }]);
  });

  it('S6: twice, and at once with a login: one after the other', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    await during(browser, async (visit) => {
      await Promise.all([visit.logOut(), visit.logOut(), visit.logIn(ALICE), visit.logOut()]);
      expect(visit.user).toBeNull();
    });
    expect(await site.records()).toEqual([]);
    expect(browser.cookie).toBeUndefined();
    expect(events(site, 'logout')).toHaveLength(2);
  });

  it('S6: a store that fails: an error, and the user stays logged in', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    const visit = await browser.begin();
    site.store.before = (call) => {
      if (call === 'delete') throw new Error('the store is away');
    };
    await expect(visit.logOut()).rejects.toThrow('away');
    expect(visit).toMatchObject({ user: { name: 'alice' }, session: { available: true, size: 1 } });
    expect(events(site, 'logout')).toEqual([]);
  });

  it('S6, S1: a value that is set afterwards is kept for the request alone', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    await during(browser, async (visit) => {
      await visit.logOut();
      visit.session.set('flash', 'goodbye');
      expect(await visit.session.save()).toBe('unavailable');
    });
    expect(await site.records()).toEqual([]);
  });

  it('I2: what another request in flight saves later does not bring the session back', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    const late = await browser.begin();
    await during(browser, (visit) => visit.logOut());
    late.session.set('late', 1);
    expect(await late.session.save()).toBe('dropped');
    expect(await site.records()).toEqual([]);
  });
});
