import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../../src/base/clock.js';
import { makeSite, type Site, visitorWith } from '../../../aid/site.js';

const AS_ALICE = { headers: { 'x-user': 'alice' } };
const AS_BOB = { headers: { 'x-user': 'bob' } };

/** A client whom HTTP Basic or the like establishes anew at each request, with one value stored. */
async function client(site: Site) {
  const browser = site.browser();
  await browser.visit(AS_ALICE);
  await browser.visit(AS_ALICE, (session) => session.set('draft', 'x'));
  return browser;
}

describe('S7: a valid user without login', () => {
  it('S7: without a cookie one is set, and nothing else; the session is not available', async () => {
    const site = makeSite();
    const { user, session, sent, reasons } = await site
      .browser()
      .visit(AS_ALICE, (own) => own.set('draft', 'x'));
    expect(user).toBe('alice');
    expect(session.available).toBe(false);
    expect(sent).toMatchObject({ action: 'set', kind: 'anon', maxAge: 12 * 3600 });
    expect(reasons).toMatchObject({ moin_session: 'no-cookie', moin_anon_session: 'already-available' });
    expect(site.store.newCalls()).toEqual([]);
  });

  it('S7: the record is written once data was stored and the cookie came back, and carries that user', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit(AS_ALICE);
    const empty = await browser.visit(AS_ALICE);
    expect(empty.session).toMatchObject({ available: true, kind: 'user' });
    expect(await site.records()).toEqual([]);
    await browser.visit(AS_ALICE, (session) => session.set('draft', 'x'));
    expect(await site.records()).toEqual([
      expect.objectContaining({
        kind: 'user',
        user: { id: 'u-alice', name: 'alice', method: 'by_header' },
        data: { draft: 'x' },
      }),
    ]);
    const { session, reasons } = await browser.visit(AS_ALICE);
    expect(session.get('draft')).toBe('x');
    expect(reasons.moin_session).toBe('restored');
  });

  it('S7: the anon cookie never authenticates anybody', async () => {
    const site = makeSite();
    const browser = await client(site);
    expect(browser.cookie).toMatch(/^anon\./);
    const { user, session } = await browser.visit();
    expect(user).toBeNull();
    expect(session.has('draft')).toBe(false);
  });

  it('S7: a client without cookies costs no record and no store access', async () => {
    const site = makeSite();
    for (let count = 0; count < 3; count++)
      await site.browser().visit(AS_ALICE, (own) => own.set('draft', 'x'));
    expect(site.store.newCalls()).toEqual([]);
  });

  it('S7: the session of the anonymous visitor becomes that of the user, even if nothing is stored', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const { session } = await browser.visit(AS_ALICE);
    expect(session.get('cart')).toBe('apple');
    const [record] = await site.records();
    expect(record).toMatchObject({ kind: 'user', user: { name: 'alice' }, data: { cart: 'apple' } });
    expect((await browser.visit(AS_ALICE)).session.get('cart')).toBe('apple');
  });

  it('S7: a user cookie of the same user goes on to hold their session', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    await browser.visit({}, (session) => session.set('draft', 'x'));
    const { user, session } = await browser.visit(AS_ALICE);
    expect(user).toBe('alice');
    expect(session.get('draft')).toBe('x');
  });

  it('S7: a forged cookie is replaced by a new one', async () => {
    const site = makeSite();
    const browser = site.browser();
    browser.plant('forged');
    const { user, sent, reasons } = await browser.visit(AS_ALICE);
    expect(user).toBe('alice');
    expect(reasons.moin_session).toBe('malformed-cookie');
    expect(sent).toMatchObject({ action: 'set', kind: 'anon' });
    expect(site.store.newCalls()).toEqual([]);
  });

  it('S7: in grace the anon cookie still finds the session, expired it does not', async () => {
    const site = makeSite({ cookieLifetime: 1 });
    const browser = await client(site);
    browser.plant(browser.cookie);
    site.pass(2 * HOUR - 1);
    expect((await browser.copy().visit(AS_ALICE)).session.get('draft')).toBe('x');
    site.pass(2 * HOUR + HOUR);
    const { session, reasons } = await browser.visit(AS_ALICE);
    expect(reasons.moin_session).toBe('refused-expired');
    expect(session).toMatchObject({ available: true, size: 0 });
  });

  it('S7, S3: a user cookie in grace finds nothing, though a method establishes its user', async () => {
    const site = makeSite({ cookieLifetime: 1 });
    const browser = site.browser();
    await browser.logIn('alice');
    await browser.visit({}, (session) => session.set('draft', 'x'));
    browser.plant(browser.cookie);
    site.pass(HOUR);
    const { user, session, reasons } = await browser.visit(AS_ALICE);
    expect(user).toBe('alice');
    expect(reasons.moin_session).toBe('refused-expired');
    expect(session).toMatchObject({ available: true, size: 0 });
  });

  it('S7: after an end whose answer was lost a new token is given, so that what is stored is kept', async () => {
    const site = makeSite();
    const browser = await client(site);
    const lost = await browser.begin(AS_ALICE);
    await lost.session.destroy();
    site.pass(MINUTE);
    await browser.visit(AS_ALICE, (session) => session.set('draft', 'y'));
    expect((await browser.visit(AS_ALICE)).session.get('draft')).toBe('y');
  });
});

describe('S10: the session of another user', () => {
  it('S10: of another user than the established one: not handed over, a new one under a new token, the record as it was', async () => {
    const site = makeSite();
    const browser = await client(site);
    const before = await site.records();
    const old = browser.cookie;
    const { user, session, reasons, sent } = await browser.visit(AS_BOB, (own) => {
      expect(own).toMatchObject({ available: true, size: 0 });
      own.set('draft', 'of bob');
    });
    expect(user).toBe('bob');
    expect(reasons.moin_session).toBe('refused-other-user');
    expect(sent).toMatchObject({ action: 'set', kind: 'anon' });
    expect(browser.cookie).not.toBe(old);
    expect(session.get('draft')).toBe('of bob');
    expect(await site.records()).toEqual(expect.arrayContaining(before));
    expect((await browser.visit(AS_BOB)).session.get('draft')).toBe('of bob');
  });

  it("S10: a user cookie of alice's does not give her session to bob", async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const before = await site.records();
    const { user, session } = await browser.visit(AS_BOB);
    expect(user).toBe('bob');
    expect(session.id).not.toBe(before[0]?.id);
    expect(await site.records()).toEqual(before);
  });

  it("S10, S5: of alice's cookie and a login that fails, bob gets no session, and cookie and record stay", async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const before = await site.records();
    const form = { login: true, name: 'carol', password: 'wrong' };
    const { user, session, headers, reasons } = await browser.visit({ ...AS_BOB, form });
    expect(user).toBe('bob');
    expect(reasons.moin_session).toBe('login-failed');
    expect(session.available).toBe(false);
    expect(headers['set-cookie']).toBeUndefined();
    expect(await site.records()).toEqual(before);
    expect((await browser.visit()).user).toBe('alice');
  });

  it('S10: without an established user, an anon cookie gets a new session, and the record stays as it was', async () => {
    const site = makeSite();
    const browser = await client(site);
    const before = await site.records();
    const old = browser.cookie;
    const { user, session, reasons } = await browser.visit({}, (own) => own.set('cart', 'apple'));
    expect(user).toBeNull();
    expect(reasons.moin_session).toBe('refused-other-user');
    expect(session).toMatchObject({ available: true, kind: 'anonymous' });
    expect(session.has('draft')).toBe(false);
    expect(browser.cookie).not.toBe(old);
    expect(await site.records()).toEqual(expect.arrayContaining(before));
  });

  it('S10: without anonymous sessions such a cookie gives no session', async () => {
    const site = makeSite();
    const browser = await client(site);
    const strict = makeSite({ store: site.store, anonymousCookieLifetime: 0 }).browser();
    strict.plant(browser.cookie);
    const { session } = await strict.visit();
    expect(session.available).toBe(false);
    expect(session.has('draft')).toBe(false);
  });

  it.each([
    ['two users', AS_BOB],
    ['a user and nobody', {}],
  ])('S10: of one anonymous record two requests at once want (%s) one gets it', async (_, other) => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const [first, second] = [await browser.begin(AS_ALICE), await browser.begin(other)];
    first.session.set('of', 'alice');
    second.session.set('of', 'the other');
    await first.commit();
    await second.commit();
    expect(second.session.available).toBe(false);
    expect(await site.records()).toEqual([
      expect.objectContaining({ kind: 'user', data: { cart: 'apple', of: 'alice' } }),
    ]);
    expect(site.events.at(-1)).toMatchObject({ event: 'save-dropped' });
  });

  it('S10: of two users who store first values under one cookie at once one gets the record', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    const [first, second] = [await browser.begin(AS_ALICE), await browser.begin(AS_BOB)];
    first.session.set('of', 'alice');
    second.session.set('of', 'bob');
    await Promise.all([first.commit(), second.commit()]);
    expect((await site.records()).map(({ data }) => data)).toEqual([{ of: 'alice' }]);
    expect(second.session.available).toBe(false);
  });
});

it("S7: a visitor's value under the key of a change of user does not change the user who takes the session over", async () => {
  const site = makeSite({ superuser: ['alice'] });
  const visitor = await visitorWith(site, 'setuid', 'u-bob');
  const { user } = await visitor.visit({ headers: { 'x-user': 'alice' } });
  expect(user).toBe('alice');
});
