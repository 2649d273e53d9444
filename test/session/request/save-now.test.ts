import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import type { Session } from '../../../src/session/session.js';
import { IMMEDIATE } from '../../../src/store/immediate.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { asSiteVisit } from '../../../src/visit/site-visit.js';
import { makeSite } from '../../aid/site.js';

/** A site whose store saves in the same turn, and a visitor with a record in it. */
async function siteWithVisitor() {
  const store = new MemoryStore();
  const site = makeSite({ store });
  const browser = site.browser();
  await browser.visit();
  await browser.visit({}, (session) => session.set('cart', 'apple'));
  site.events.length = 0;
  const begin = async (request = {}) => asSiteVisit(await browser.begin(request));
  const kept = async (id: string | null) => (await store.find(id ?? ''))?.data;
  return { store, site, browser, begin, kept, told: () => site.events.map(({ event }) => event) };
}

describe('a save in the same turn', () => {
  it('spec 5: headersNow() saves a changed session at once, with the cookie and the event of commit()', async () => {
    const { begin, kept, told } = await siteWithVisitor();
    const visit = await begin();
    visit.session.set('cart', 'pear');
    const headers = visit.headersNow();
    expect(await kept(visit.session.id)).toEqual({ cart: 'pear' });
    expect(headers?.['set-cookie']).toMatch(/^MOIN_SESSION=anon\./);
    expect(told()).toEqual(['restored', 'saved']);
    expect(visit.hasChanges()).toBe(false);
    expect(visit.headersNow()).toEqual(headers);
    expect(await visit.commit()).toEqual(headers);
    expect(told()).toEqual(['restored', 'saved']);
  });

  it.each([
    ['save()', (session: Session) => session.set('page', 'Help').save()],
    ['update()', (session: Session) => session.update('page', () => 'Help')],
  ])('%s takes the same way: objects that it leaves alone are not copied', async (_, save) => {
    const { store, begin, kept } = await siteWithVisitor();
    const { session } = await begin();
    await session.set('list', [1]).save();
    const list = () => store[IMMEDIATE].find(session.id ?? '')?.data.list;
    const before = list();
    await save(session);
    expect(await kept(session.id)).toEqual({ cart: 'apple', list: [1], page: 'Help' });
    expect(list()).toBe(before);
  });

  it('S8: a refresh that is due needs no promise either', async () => {
    const { site, begin, told } = await siteWithVisitor();
    site.pass(HOUR);
    const visit = await begin();
    expect(visit.headersNow()?.['set-cookie']).toMatch(/^MOIN_SESSION=anon\./);
    expect(told()).toEqual(['restored', 'refreshed']);
  });

  it('I2: a session that has ended meanwhile is not brought back, and the drop is reported', async () => {
    const { store, begin, told } = await siteWithVisitor();
    const visit = await begin();
    const { id } = visit.session;
    await store.delete(id ?? '', { tombstone: { reason: 'logout', at: 0, until: Number.MAX_SAFE_INTEGER } });
    visit.session.set('cart', 'pear');
    expect(visit.headersNow()).not.toHaveProperty('set-cookie');
    expect(told()).toEqual(['restored', 'save-dropped']);
    expect(await store.find(id ?? '')).toBeNull();
    expect(visit.session.available).toBe(false);
  });

  it('I1: two requests that change different keys both win', async () => {
    const { begin, kept } = await siteWithVisitor();
    const [one, other] = [await begin(), await begin()];
    one.session.set('one', 1);
    other.session.set('other', 2);
    one.headersNow();
    other.headersNow();
    expect(await kept(one.session.id)).toEqual({ cart: 'apple', one: 1, other: 2 });
    expect(other.session.get('one')).toBe(1);
  });

  it('spec 5: an object that was read before the save stays part of the session', async () => {
    const { begin, kept } = await siteWithVisitor();
    const visit = await begin();
    visit.session.set('list', ['a']);
    visit.headersNow();
    const list = visit.session.get('list') as string[];
    list.push('b');
    visit.headersNow();
    list.push('c');
    visit.headersNow();
    expect(await kept(visit.session.id)).toEqual({ cart: 'apple', list: ['a', 'b', 'c'] });
  });

  it('spec 5: a value that is not JSON any more is refused, as by commit()', async () => {
    const { begin } = await siteWithVisitor();
    const visit = await begin();
    visit.session.set('list', []);
    (visit.session.get('list') as unknown[]).push(() => {});
    expect(() => visit.headersNow()).toThrow(TypeError);
    await expect(visit.commit()).rejects.toThrow(TypeError);
  });
});

describe('what has to wait, and then does nothing in this turn', () => {
  it('a first record', async () => {
    const site = makeSite({ store: new MemoryStore() });
    const browser = site.browser();
    await browser.visit();
    const visit = asSiteVisit(await browser.begin());
    visit.session.set('cart', 'apple');
    expect(visit.headersNow()).toBeNull();
    expect(site.events.map(({ event }) => event)).toEqual([]);
    await visit.commit();
    expect(site.events.map(({ event }) => event)).toEqual(['created']);
  });

  it('S7, S9: a user who takes over a visitor’s session', async () => {
    const { store, begin } = await siteWithVisitor();
    const visit = await begin({ headers: { 'x-user': 'alice' } });
    expect(visit.headersNow()).toBeNull();
    expect((await store.find(visit.session.id ?? ''))?.user).toBeNull();
    await visit.commit();
    expect((await store.find(visit.session.id ?? ''))?.user?.name).toBe('alice');
  });

  it('S9: the same, when another request took it over and this one began before', async () => {
    const { store, begin } = await siteWithVisitor();
    const late = await begin({ headers: { 'x-user': 'alice' } });
    await (await begin({ headers: { 'x-user': 'alice' } })).commit();
    expect(late.headersNow()).not.toBeNull();
    expect((await store.find(late.session.id ?? ''))?.user?.name).toBe('alice');
  });

  it('a save, an update or a rotation that is under way', async () => {
    const { begin, kept } = await siteWithVisitor();
    const visit = await begin();
    for (const start of [
      () => visit.session.save(),
      () => visit.session.update('count', (count = 0) => (count as number) + 1),
      () => visit.session.rotate(),
    ]) {
      const running = start();
      visit.session.set('cart', 'pear');
      expect(visit.headersNow()).toBeNull();
      await running;
      expect(visit.headersNow()).not.toBeNull();
    }
    expect(await kept(visit.session.id)).toEqual({ cart: 'pear', count: 1 });
  });

  it('a login from a route that is under way', async () => {
    const { begin } = await siteWithVisitor();
    const visit = await begin();
    const running = visit.logIn({ id: 'u-alice' });
    expect(visit.headersNow()).toBeNull();
    await running;
    expect(visit.headersNow()?.['set-cookie']).toMatch(/^MOIN_SESSION=user\./);
  });

  it('a store that answers by promises alone', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    await browser.visit({}, (session) => session.set('cart', 'apple'));
    const visit = asSiteVisit(await browser.begin());
    visit.session.set('cart', 'pear');
    expect(visit.headersNow()).toBeNull();
    await visit.commit();
    expect((await site.records())[0]?.data).toEqual({ cart: 'pear' });
  });
});
