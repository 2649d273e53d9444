import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { UnreadableRecordError } from '../../../src/base/errors.js';
import { ALICE, usersAndData } from '../../aid/route.js';
import { aliceWithSecret, makeSite, visitorWith } from '../../aid/site.js';

describe('session.reload() (spec 5)', () => {
  it('spec 5: gives the values as others have saved them since', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    await browser.visit({}, (session) => session.set('list', ['one']).set('gone', 1));
    const { session } = await browser.begin();
    const held = session.get('list');
    await browser.visit({}, (other) => {
      (other.get('list') as string[]).push('two');
      other.set('cart', 'pear').set('new', 1).delete('gone');
    });
    expect(await session.reload()).toBe(true);
    expect(session.toJSON()).toEqual({ cart: 'pear', list: ['one', 'two'], new: 1 });
    expect(session.get('list')).toBe(held);
    expect(await session.save()).toBe('unchanged');
  });

  it('spec 5: keeps this request’s unsaved changes on top, merged as by a save', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    await browser.visit({}, (session) => session.set('list', ['a']).set('both', 0).set('removed', 1));
    const { session } = await browser.begin();
    (session.get('list') as string[]).push('mine');
    session.set('both', 'mine').set('own', 1).delete('removed');
    await browser.visit({}, (other) => {
      (other.get('list') as string[]).unshift('theirs');
      other.set('both', 'theirs').set('cart', 'pear').set('removed', 2);
    });
    const merged = { cart: 'pear', list: ['theirs', 'a', 'mine'], both: 'mine', own: 1 };
    expect(await session.reload()).toBe(true);
    expect(session.toJSON()).toEqual(merged);
    expect(await session.save()).toBe('saved');
    expect(await usersAndData(site)).toEqual([{ user: null, data: merged }]);
  });

  it('spec 5: a value that this request has replaced, and not saved, stays whole: nothing of others’ is merged into it', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    await browser.visit({}, (session) => session.set('filter', { old: 1 }));
    const { session } = await browser.begin();
    session.set('filter', { mine: 1 });
    await browser.visit({}, (other) => Object.assign(other.get('filter') as object, { theirs: 1 }));
    for (const _ of ['once', 'again']) {
      expect(await session.reload()).toBe(true);
      expect(session.get('filter')).toEqual({ mine: 1 });
    }
    await session.save();
    expect(await usersAndData(site)).toEqual([{ user: null, data: { cart: 'apple', filter: { mine: 1 } } }]);
  });

  it('spec 5: what this request has saved before is no unsaved change', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const { session } = await browser.begin();
    session.set('cart', 'mine');
    await session.save();
    await browser.visit({}, (other) => other.set('cart', 'theirs'));
    expect(await session.reload()).toBe(true);
    expect(session.get('cart')).toBe('theirs');
    expect(await session.save()).toBe('unchanged');
  });

  it('spec 5: nor is a key that a login left behind', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'setuid', 'planted');
    const visit = await browser.begin();
    visit.session.get('setuid');
    await visit.logIn(ALICE);
    browser.receive(await visit.commit());
    await browser.visit({}, (other) => other.set('cart', 'theirs'));
    expect(await visit.session.reload()).toBe(true);
    expect(visit.session.toJSON()).toEqual({ cart: 'theirs' });
    expect(await visit.session.save()).toBe('unchanged');
  });

  it('I2: a session that ended meanwhile: false, and it is empty and not available', async () => {
    const site = makeSite();
    const ends = {
      expire: () => site.sessions.expire({ all: true }),
      logOut: () => browser.copy().logOut(),
      rotate: () => browser.copy().visit({}, (session) => session.rotate()),
      purge: () => site.sessions.purge({ all: true }),
    };
    let browser = site.browser();
    for (const end of Object.values(ends)) {
      browser = await aliceWithSecret(site);
      const { session } = await browser.begin();
      session.set('unsaved', 1);
      await end();
      expect(await session.reload()).toBe(false);
      expect(session).toMatchObject({ available: false, size: 0, id: null });
      expect(await session.save()).toBe('unchanged');
      expect(await session.reload()).toBe(false);
    }
  });

  it.each(['disabled', 'gone'])('S3: a session whose user is %s by now: false', async (how) => {
    const site = makeSite();
    const { session } = await (await aliceWithSecret(site)).begin();
    if (how === 'disabled') site.users.disable('alice');
    else site.users.remove('alice');
    expect(await session.reload()).toBe(false);
    expect(session.available).toBe(false);
  });

  it.each(['disabled', 'gone'])(
    'S3, S7: a user without a login who is %s by now: false, though the session has no record yet',
    async (how) => {
      const site = makeSite();
      const browser = site.browser();
      const asAlice = { headers: { 'x-user': 'alice' } };
      await browser.visit(asAlice);
      const { session } = await browser.begin(asAlice);
      expect(session).toMatchObject({ available: true, isNew: true });
      expect(await session.reload()).toBe(true);
      if (how === 'disabled') site.users.disable('alice');
      else site.users.remove('alice');
      expect(await session.reload()).toBe(false);
      expect(session.available).toBe(false);
    },
  );

  it('I2: unsaved changes of a session that ended meanwhile are reported as dropped, once; without any, nothing is', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    const { session } = await browser.begin();
    const { session: unchanged } = await browser.begin();
    session.set('unsaved', 1);
    await browser.copy().logOut();
    const dropped = () => site.events.filter(({ event }) => event === 'save-dropped');
    const { id } = session;
    expect(await unchanged.reload()).toBe(false);
    expect(dropped()).toEqual([]);
    expect(await session.reload()).toBe(false);
    expect(await session.save()).toBe('unchanged');
    expect(dropped()).toMatchObject([{ id, kind: 'user', user: 'alice' }]);
  });

  it('I2: an unsaved value that is no JSON any more does not keep an ended session open', async () => {
    const site = makeSite();
    const browser = await aliceWithSecret(site);
    const { session } = await browser.begin();
    const held: Record<string, unknown> = {};
    session.set('held', held as never);
    held.broken = () => {};
    await browser.copy().logOut();
    await expect(session.reload()).rejects.toThrow(/"held"/);
    expect(session).toMatchObject({ available: false, size: 0 });
    expect(await session.reload()).toBe(false);
  });

  it('S2, S3: in grace a login is over, and a visitor’s session is not', async () => {
    const site = makeSite({ cookieLifetime: 1, anonymousCookieLifetime: 1 });
    const { session: visitors } = await (await visitorWith(site, 'cart', 'apple')).begin();
    const { session: users } = await (await aliceWithSecret(site)).begin();
    site.pass(1.5 * HOUR);
    expect(await users.reload()).toBe(false);
    expect(await visitors.reload()).toBe(true);
    site.pass(HOUR);
    expect(await visitors.reload()).toBe(false);
  });

  it('S7: a session without a record has nothing to read, and takes what another request has begun', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    const { session } = await browser.begin();
    expect(await session.reload()).toBe(true);
    await browser.visit({}, (other) => other.set('cart', 'apple'));
    expect(await session.reload()).toBe(true);
    expect(session).toMatchObject({ available: true, isNew: false });
    expect(session.get('cart')).toBe('apple');
  });

  it('S10: a visitor’s session that somebody’s login has taken over is not shown', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'cart', 'apple');
    const { session } = await browser.begin();
    await browser.visit({ headers: { 'x-user': 'alice' } }, (other) => other.set('own', 'of alice'));
    expect(await session.reload()).toBe(false);
    expect(session.size).toBe(0);
  });

  it('S1: a session that is not available: false without a look into the store, and its values stay', async () => {
    const site = makeSite();
    const { session } = await site.browser().begin();
    session.set('kept', 1);
    site.store.newCalls();
    expect(await session.reload()).toBe(false);
    expect(site.store.newCalls()).toEqual([]);
    expect(session.toJSON()).toEqual({ kept: 1 });
  });

  it('I4: a record that cannot be read any more: false', async () => {
    const site = makeSite();
    const { session } = await (await visitorWith(site, 'cart', 'apple')).begin();
    site.store.find = async (id) => {
      throw new UnreadableRecordError(id, 'cut short');
    };
    expect(await session.reload()).toBe(false);
    const browser = site.browser();
    site.store.find = async () => null;
    await browser.visit();
    const unused = (await browser.begin()).session;
    site.store.find = async (id) => {
      throw new UnreadableRecordError(id, 'cut short');
    };
    expect(await unused.reload()).toBe(false);
  });

  it('I2: a token without a record that a login has replaced meanwhile: false', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    const { session } = await browser.begin();
    const other = browser.copy();
    await other.visit({}, (own) => own.set('cart', 'apple'));
    await other.logIn('alice');
    expect(await session.reload()).toBe(false);
    expect(session.available).toBe(false);
  });

  it('spec 5: a store out of reach: an error, and all stays', async () => {
    const site = makeSite();
    const { session } = await (await visitorWith(site, 'cart', 'apple')).begin();
    site.store.unreachable = true;
    await expect(session.reload()).rejects.toThrow('out of reach');
    expect(session.get('cart')).toBe('apple');
    site.store.unreachable = false;
    expect(await session.reload()).toBe(true);
  });

  it('spec 5: waits for a save under way', async () => {
    const site = makeSite();
    const { session } = await (await visitorWith(site, 'cart', 'apple')).begin();
    session.set('own', 1);
    const { reached, open } = site.store.hold();
    const save = session.save();
    await reached;
    const reload = session.reload();
    open();
    expect(await Promise.all([save, reload])).toEqual(['saved', true]);
    expect(session.toJSON()).toEqual({ cart: 'apple', own: 1 });
  });
});

describe('session.take(key) (spec 5)', () => {
  it('spec 5: gives the value and removes it, once', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'flash', 'saved!');
    const { session } = await browser.visit({}, (own) => {
      expect(own.take('flash')).toBe('saved!');
      expect(own.take('flash')).toBeUndefined();
    });
    expect(session.has('flash')).toBe(false);
    expect((await browser.visit()).session.size).toBe(0);
  });

  it('spec 5: a value of the session that was taken and changed does not come back', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'a', 'b');
    await browser.visit({}, (session) => session.set('list', ['one']));
    await browser.visit({}, async (session) => {
      const list = session.take('list') as string[];
      list.push('two');
      await session.save();
      list.push('three');
    });
    expect(await usersAndData(site)).toEqual([{ user: null, data: { a: 'b' } }]);
  });
});
