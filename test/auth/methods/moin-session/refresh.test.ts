import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../../src/base/clock.js';
import { makeSite, visitorWith } from '../../../aid/site.js';

const WRITES = ['create', 'update', 'delete'];

describe('S8: refresh', () => {
  it.each([
    ['a tenth of the lifetime', 5, 30 * MINUTE],
    ['one hour at most', 100, HOUR],
  ])('S8: cookie and record move together, after %s', async (_, cookieLifetime, interval) => {
    const site = makeSite({ cookieLifetime });
    const browser = site.browser();
    await browser.logIn('alice');
    const [before] = await site.records();
    site.pass(interval - 1);
    site.store.newCalls();
    expect((await browser.visit()).headers['set-cookie']).toBeUndefined();
    expect(site.store.newCalls()).toEqual(['find']);
    site.pass(1);
    const { sent } = await browser.visit();
    expect(sent).toMatchObject({ action: 'set', kind: 'user', maxAge: cookieLifetime * 3600 });
    const [after] = await site.records();
    expect(after?.cookieExpires).toBe(site.time.now + cookieLifetime * HOUR);
    expect(after?.expires).toBe(site.time.now + cookieLifetime * HOUR + HOUR);
    expect(after).toEqual({
      ...before,
      seen: site.time.now,
      cookieExpires: after?.cookieExpires,
      expires: after?.expires,
      revision: 2,
    });
    expect(site.events.at(-1)?.event).toBe('refreshed');
  });

  it('S8: at most once: the request after a refresh writes nothing and sends no cookie', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    site.pass(HOUR);
    await browser.visit();
    site.store.newCalls();
    expect((await browser.visit()).headers['set-cookie']).toBeUndefined();
    expect(site.store.newCalls()).toEqual(['find']);
  });

  it('S8: they move as well whenever the record is written anyway', async () => {
    const site = makeSite({ cookieLifetime: 5 });
    const browser = site.browser();
    await browser.logIn('alice');
    site.pass(MINUTE);
    const { sent } = await browser.visit({}, (session) => session.set('draft', 'x'));
    expect(sent).toMatchObject({ action: 'set', maxAge: 5 * 3600 });
    expect((await site.records())[0]).toMatchObject({
      seen: site.time.now,
      cookieExpires: site.time.now + 5 * HOUR,
    });
    expect(site.events.at(-1)?.event).toBe('saved');
  });

  it('S8: what is read, or set to what it was, writes nothing and sends no cookie', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    site.store.newCalls();
    const { headers } = await browser.visit({}, (session) => {
      session.set('cart', 'apple').set('gone', 1).delete('gone');
      JSON.stringify(session);
    });
    expect(headers['set-cookie']).toBeUndefined();
    expect(site.store.newCalls()).toEqual(['find']);
  });

  it('S8: an anonymous session with data is refreshed under an anon cookie', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    site.pass(12 * MINUTE);
    expect((await browser.visit()).sent).toMatchObject({ action: 'set', kind: 'anon', maxAge: 2 * 3600 });
  });

  it('S8: a store is never written for an anonymous visitor who has no data', async () => {
    const site = makeSite();
    const browser = site.browser();
    for (let count = 0; count < 20; count++) {
      await browser.visit({}, (session) => session.clear());
      site.pass(HOUR);
    }
    expect(site.store.newCalls().filter((call) => WRITES.includes(call))).toEqual([]);
  });

  it('S8: nor for one whose data were all removed, except for the removal itself', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    await browser.visit({}, (session) => session.clear());
    site.store.newCalls();
    site.pass(HOUR);
    expect((await browser.visit()).headers['set-cookie']).toBeUndefined();
    expect(site.store.newCalls().filter((call) => WRITES.includes(call))).toEqual([]);
  });

  it('S8: used all the time, a session lives on; cookie and record go together when it is not', async () => {
    const site = makeSite({ cookieLifetime: 2 });
    const browser = site.browser();
    await browser.logIn('alice');
    for (let count = 0; count < 10; count++) {
      site.pass(HOUR);
      expect((await browser.visit()).user).toBe('alice');
    }
    site.pass(2 * HOUR);
    expect(browser.cookie).toBeUndefined();
    expect((await browser.visit()).user).toBeNull();
  });

  it('S8: with refreshInterval `seen` is true to within that, and cookie and record move together', async () => {
    const site = makeSite({ refreshInterval: 0.1 });
    const browser = site.browser();
    await browser.logIn('alice');
    site.pass(6 * MINUTE - 1);
    expect((await browser.visit()).sent).toBeNull();
    site.pass(1);
    expect((await browser.visit()).sent).toMatchObject({ action: 'set', maxAge: 12 * 3600 });
    expect((await site.records())[0]).toMatchObject({
      seen: site.time.now,
      cookieExpires: site.time.now + 12 * HOUR,
    });
  });

  it('S8: with refreshInterval `seen` stays true at the end of maxLifetime', async () => {
    const site = makeSite({ cookieLifetime: 12, maxLifetime: 1, refreshInterval: 0.1 });
    const browser = site.browser();
    await browser.logIn('alice');
    site.pass(30 * MINUTE);
    await browser.visit();
    expect((await site.records())[0]).toMatchObject({ seen: site.time.now });
    site.pass(30 * MINUTE);
    expect((await browser.visit()).user).toBeNull();
  });

  it('maxLifetime caps a session counted from its creation, however much it is used', async () => {
    const site = makeSite({ cookieLifetime: 2, maxLifetime: 3 });
    const browser = site.browser();
    await browser.logIn('alice');
    site.pass(2 * HOUR - 1);
    expect((await browser.visit({}, (session) => session.set('a', 1))).user).toBe('alice');
    expect((await site.records())[0]?.cookieExpires).toBe(site.time.now + HOUR + 1);
    browser.plant(browser.cookie);
    site.pass(HOUR + 1);
    expect((await browser.visit()).user).toBeNull();
  });

  it('a maxLifetime that was lowered since moves no ends into the past, neither by a refresh nor by a save', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    site.pass(5 * HOUR);
    const [before] = await site.records();
    const strict = makeSite({ store: site.store, maxLifetime: 3, clock: () => site.time.now });
    const headers = { cookie: `MOIN_SESSION=${browser.cookie}` };
    expect((await (await strict.sessions.begin({ headers })).commit())['set-cookie']).toBeUndefined();
    const visit = await strict.sessions.begin({ headers });
    visit.session.set('a', 1);
    await visit.commit();
    const [after] = await site.records();
    expect(after).toMatchObject({ cookieExpires: before?.cookieExpires, expires: before?.expires });
  });

  it('maxLifetime: a rotation makes no session younger', async () => {
    const site = makeSite({ cookieLifetime: 2, maxLifetime: 3 });
    const browser = site.browser();
    await browser.logIn('alice');
    const [before] = await site.records();
    site.pass(HOUR);
    await browser.visit({}, (session) => session.rotate());
    expect((await site.records())[0]).toMatchObject({ created: before?.created, seen: site.time.now });
  });

  it('a refresh changes times only: what another request saved meanwhile stays', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    site.pass(HOUR);
    const slow = await browser.begin();
    await browser.visit({}, (session) => session.set('draft', 'x'));
    await slow.commit();
    expect((await site.records())[0]?.data).toEqual({ draft: 'x' });
  });

  it('a clock set back: nobody is thrown out, and the ends come back with it', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    site.pass(-5 * HOUR);
    browser.plant(browser.cookie);
    expect((await browser.visit()).user).toBe('alice');
    expect((await site.records())[0]?.cookieExpires).toBe(site.time.now + 12 * HOUR);
  });

  it('S2, S8: in grace and past `maxLifetime`, a value is saved and the cookie stays as it is: one that has ended would delete it', async () => {
    const site = makeSite({ anonymousCookieLifetime: 2, maxLifetime: 2 });
    const browser = await visitorWith(site, 'cart', 'apple');
    const { cookie } = browser;
    site.pass(2.5 * HOUR);
    browser.plant(cookie); // as from a client whose clock is behind
    const { headers } = await browser.visit({}, (session) => session.set('cart', 'pear'));
    expect(headers['set-cookie']).toBeUndefined();
    expect(browser.cookie).toBe(cookie);
    expect((await browser.visit()).session.get('cart')).toBe('pear');
  });

  it('a session that runs out between begin and commit: in grace it is saved, expired it is not brought back (I2)', async () => {
    const site = makeSite({ cookieLifetime: 1 });
    const browser = site.browser();
    await browser.logIn('alice');
    const [inGrace, tooLate] = [await browser.begin(), await browser.begin()];
    site.pass(2 * HOUR - 1);
    const before = await site.records();
    tooLate.session.set('draft', 'late');
    site.pass(1);
    expect((await tooLate.commit())['set-cookie']).toBeUndefined();
    expect(await site.records()).toEqual(before);
    expect(site.events.at(-1)).toMatchObject({ event: 'save-dropped', user: 'alice' });
    site.pass(-1);
    inGrace.session.set('draft', 'x');
    expect((await inGrace.commit())['set-cookie']).toBeDefined();
  });
});
