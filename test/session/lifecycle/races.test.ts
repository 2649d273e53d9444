import { describe, expect, it } from 'vitest';
import type { AuthMethod } from '../../../src/auth/method.js';
import { HOUR } from '../../../src/base/clock.js';
import type { Browser } from '../../aid/browser.js';
import { makeSite, type Site, visitorWith } from '../../aid/site.js';
import type { StoreCall } from '../../aid/watched-store.js';

const LOGIN = { form: { login: true, name: 'alice', password: 'alice' } };

/** Lets `other` happen once, just before the store does `call` next. */
function justBefore(site: Site, call: StoreCall, other: () => Promise<unknown>): void {
  site.store.before = async (next) => {
    if (next !== call) return;
    site.store.before = () => {};
    await other();
  };
}

function dropped(site: Site): string[] {
  return site.events.filter(({ event }) => event === 'save-dropped').map(({ id }) => id ?? '');
}

describe('requests at once on one session', () => {
  it('I1: different keys both win, whoever saves first', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const [first, second] = [await browser.begin(), await browser.begin()];
    first.session.set('a', 1);
    second.session.set('b', 2).delete('cart');
    await Promise.all([second.commit(), first.commit()]);
    expect((await site.records())[0]?.data).toEqual({ a: 1, b: 2 });
  });

  it('I1: for the same key the later save wins', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const [first, second] = [await browser.begin(), await browser.begin()];
    second.session.set('cart', 'second');
    first.session.set('cart', 'first');
    await second.commit();
    await first.commit();
    expect((await site.records())[0]?.data).toEqual({ cart: 'first' });
  });

  it('I1: update() never loses a step', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const visits = await Promise.all(Array.from({ length: 20 }, () => browser.begin()));
    await Promise.all(visits.map(({ session }) => session.update('count', (n) => ((n as number) ?? 0) + 1)));
    await Promise.all(visits.map((visit) => visit.commit()));
    expect((await site.records())[0]?.data).toEqual({ cart: 'apple', count: 20 });
  });

  it('I1: two first requests with data create one record, and both saves are reported', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    const [first, second] = [await browser.begin(), await browser.begin()];
    first.session.set('a', 1);
    second.session.set('b', 2);
    await Promise.all([first.commit(), second.commit()]);
    expect((await site.records()).map(({ data }) => data)).toEqual([{ a: 1, b: 2 }]);
    expect(site.events.map(({ event }) => event)).toEqual(['created', 'saved']);
  });

  it('I2: a request that saves later does not undo a logout, and the drop is reported', async () => {
    const site = makeSite();
    const browser = site.browser();
    const { session } = await browser.logIn('alice');
    const late = await browser.begin();
    await browser.logOut();
    late.session.set('draft', 'late');
    expect(await late.session.save()).toBe('dropped');
    expect(late.session.available).toBe(false);
    expect((await late.commit())['set-cookie']).toBeUndefined();
    expect(await site.records()).toEqual([]);
    expect(dropped(site)).toEqual([session.id]);
  });

  it('S6: the logout of a visitor who had stored nothing yet ends nothing: a later save is kept', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    const late = await browser.begin();
    await browser.logOut();
    late.session.set('cart', 'late');
    expect(await late.session.save()).toBe('saved');
    expect((await browser.visit()).session.get('cart')).toBe('late');
  });

  it('I2: a save during a logout either comes before it or is dropped', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const late = await browser.begin();
    late.session.set('draft', 'late');
    justBefore(site, 'update', () => browser.logOut());
    await late.commit();
    expect(await site.records()).toEqual([]);
    expect(dropped(site)).toHaveLength(1);
  });

  it.each(['expire', 'purge'] as const)('I2: what an administrator ended by %s stays ended', async (what) => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const late = await browser.begin();
    await site.sessions[what]({ userName: 'alice' });
    const after = await site.records();
    late.session.set('draft', 'late');
    expect(await late.session.save()).toBe('dropped');
    expect(await site.records()).toEqual(after);
  });
});

describe('a login beside other requests', () => {
  it('S4: values that another request saves between the read and the move come along', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const beside = await browser.begin();
    beside.session.set('seen', 'news');
    justBefore(site, 'create', () => beside.commit());
    const { session } = await browser.visit(LOGIN, (own) => own.set('mine', 1));
    expect(session.toJSON()).toEqual({ cart: 'apple', seen: 'news', mine: 1 });
    expect((await site.records()).map(({ data }) => data)).toEqual([
      { cart: 'apple', seen: 'news', mine: 1 },
    ]);
  });

  it('S4: values that a first request saves at that moment come along, too', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    const beside = await browser.begin();
    beside.session.set('cart', 'apple');
    justBefore(site, 'create', () => beside.commit());
    const { session } = await browser.visit(LOGIN);
    expect(session.get('cart')).toBe('apple');
    expect((await site.records()).map(({ user, data }) => [user?.name, data])).toEqual([
      ['alice', { cart: 'apple' }],
    ]);
  });

  it('I2: a save that waits while an administrator ends the session is dropped and reported', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const beside = await browser.begin();
    beside.session.set('cart', 'apple');
    justBefore(site, 'update', async () => {
      site.pass(1000);
      await site.sessions.endUser('u-alice');
    });
    expect((await beside.commit())['set-cookie']).toBeUndefined();
    expect(dropped(site)).toHaveLength(1);
    expect((await browser.visit()).user).toBeNull();
  });

  it('S4, I2: values that it saves afterwards are dropped, and the drop is reported', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const beside = await browser.begin();
    await browser.visit(LOGIN);
    beside.session.set('cart', 'late');
    expect((await beside.commit())['set-cookie']).toBeUndefined();
    expect(dropped(site)).toHaveLength(1);
    expect((await browser.visit()).session.get('cart')).toBe('apple');
  });

  it('S4: a logout of the session that a login replaces does not stop the login', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const other = browser.copy();
    justBefore(site, 'create', () => other.logOut());
    expect((await browser.visit(LOGIN)).user).toBe('alice');
    expect((await browser.visit()).user).toBe('alice');
    expect(await site.records()).toHaveLength(1);
  });

  it.each<[string, (site: Site, browser: Browser) => Promise<unknown>]>([
    ['destroyed', (_site, browser) => browser.visit({}, (session) => session.destroy())],
    ['rotated', (_site, browser) => browser.visit({}, (session) => session.rotate())],
    ['expired by an administrator', (site) => site.sessions.expire({ kind: 'anonymous' })],
    ['purged', (site) => site.sessions.purge({ kind: 'anonymous' })],
    ['over by its time', async (site) => site.pass(3 * HOUR)],
  ])('S11, I2: nothing of a session comes along that is %s while the login is under way', async (_, end) => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const other = browser.copy();
    justBefore(site, 'create', () => end(site, other));
    const { user, session } = await browser.visit(LOGIN);
    expect([user, session.toJSON()]).toEqual(['alice', {}]);
    const [record] = (await site.records()).filter(({ kind }) => kind === 'user');
    expect(record?.data).toEqual({});
    expect((await browser.visit()).session.toJSON()).toEqual({});
  });

  it('S11, I2: nor of a session of their own that was logged out meanwhile', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    await browser.visit({}, (session) => session.set('draft', 'x'));
    const other = browser.copy();
    justBefore(site, 'create', () => other.logOut());
    const { user, session } = await browser.visit(LOGIN);
    expect([user, session.toJSON()]).toEqual(['alice', {}]);
    expect((await site.records()).map(({ data }) => data)).toEqual([{}]);
  });

  it('S11: values that the request itself put into the new session stay', async () => {
    const setting: AuthMethod = {
      name: 'setting',
      authenticate({ session, form }, { user }) {
        if (form.login) session?.set('theme' as never, 'dark' as never);
        return { user, continue: true };
      },
    };
    const site = makeSite({ auth: ['moin_login', 'moin_session', setting, 'moin_anon_session'] });
    const browser = await visitorWith(site, 'cart', 'apple');
    const other = browser.copy();
    justBefore(site, 'create', () => other.visit({}, (session) => session.destroy()));
    const { session } = await browser.visit(LOGIN);
    expect(session.toJSON()).toEqual({ theme: 'dark' });
    expect((await site.records()).map(({ data }) => data)).toEqual([{ theme: 'dark' }]);
  });

  it("S4, S11: a visitor's session that another user takes over at that moment stays theirs, with all its values", async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const asBob = await browser.begin({ headers: { 'x-user': 'bob' } });
    asBob.session.set('of', 'bob');
    justBefore(site, 'create', () => asBob.commit());
    const { session } = await browser.visit(LOGIN);
    expect(session.toJSON()).toEqual({});
    const kept = (await site.records()).map(({ user, data }) => [user?.name, data]);
    expect(kept).toHaveLength(2);
    expect(kept).toEqual(
      expect.arrayContaining([
        ['alice', {}],
        ['bob', { cart: 'apple', of: 'bob' }],
      ]),
    );
  });

  it('S4: two logins from one session give two sessions, of which one has the data and no other is left', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const twin = browser.copy();
    const [one, two] = await Promise.all([browser.logIn('alice'), twin.logIn('alice')]);
    expect(one.session.id).not.toBe(two.session.id);
    expect([(await browser.visit()).user, (await twin.visit()).user]).toEqual(['alice', 'alice']);
    expect((await site.records()).map(({ kind }) => kind)).toEqual(['user', 'user']);
  });
});

describe('a rotation beside other requests', () => {
  it('I1: an update() before it comes along, one after it is dropped', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'count', 'x');
    const [rotating, early, late] = [await browser.begin(), await browser.begin(), await browser.begin()];
    justBefore(site, 'create', () => early.session.update('steps', () => 1));
    await rotating.session.rotate();
    await late.session.update('steps', () => 99);
    expect(late.session.available).toBe(false);
    expect(rotating.session.get('steps')).toBe(1);
    browser.receive(await rotating.commit());
    expect((await site.records()).map(({ data }) => data)).toEqual([{ count: 'x', steps: 1 }]);
    expect((await browser.visit()).session.toJSON()).toEqual({ count: 'x', steps: 1 });
  });

  it('I2: it does not bring back a session that was logged out meanwhile', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const rotating = await browser.begin();
    justBefore(site, 'create', () => browser.logOut());
    await rotating.session.rotate();
    expect(rotating.session.available).toBe(false);
    expect((await rotating.commit())['set-cookie']).toBeUndefined();
    expect(await site.records()).toEqual([]);
  });

  it('I1: for a visitor without a record, it takes along values that a first request saved meanwhile', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    const rotating = await browser.begin();
    await browser.copy().visit({}, (session) => session.set('cart', 'apple'));
    await browser.visit({}, () => rotating.session.rotate());
    browser.receive(await rotating.commit());
    expect((await browser.visit()).session.get('cart')).toBe('apple');
    expect(await site.records()).toHaveLength(1);
  });

  it('I2: of two rotations at once, one succeeds', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const visits = [await browser.begin(), await browser.begin()];
    await Promise.all(visits.map(({ session }) => session.rotate()));
    expect(visits.filter(({ session }) => session.available)).toHaveLength(1);
    expect(await site.records()).toHaveLength(1);
  });
});
