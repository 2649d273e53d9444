import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../src/base/clock.js';
import { makeSite, visitorWith } from '../../aid/site.js';

describe('the session object (spec 5)', () => {
  it('is a dictionary like Map', async () => {
    const browser = await visitorWith(makeSite(), 'a', '1');
    const { session } = await browser.begin();
    expect(session.set('b', [2]).set('c', null)).toBe(session);
    expect(session.size).toBe(3);
    expect(session.has('b')).toBe(true);
    expect([...session.keys()]).toEqual(['a', 'b', 'c']);
    expect([...session.values()]).toEqual(['1', [2], null]);
    expect([...session.entries()]).toEqual([...session]);
    expect(session.delete('a')).toBe(true);
    expect(session.delete('a')).toBe(false);
    expect(JSON.stringify(session)).toBe('{"b":[2],"c":null}');
    session.clear();
    expect(session.size).toBe(0);
    expect(session.get('b')).toBeUndefined();
  });

  it('set refuses a value that is not JSON, names the key, and keeps the old value', async () => {
    const browser = await visitorWith(makeSite(), 'cart', 'apple');
    const { session } = await browser.begin();
    expect(() => session.set('cart', (() => {}) as never)).toThrow(/session key "cart"/);
    expect(() => session.set(1 as never, 'x' as never)).toThrow('a session key is a string, not number');
    expect(session.get('cart')).toBe('apple');
  });

  it('keys such as __proto__ are plain data, through the store and back', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, '__proto__', 'x');
    const { session } = await browser.visit({}, (own) => own.set('constructor' as string, { prototype: 1 }));
    expect([...session.keys()]).toEqual(['__proto__', 'constructor']);
    expect((await browser.visit()).session.get('__proto__')).toBe('x');
    expect((await site.sessions.get(session.id as string))?.keys).toEqual(['__proto__', 'constructor']);
  });

  it('a value that was read and changed in place is saved', async () => {
    const browser = await visitorWith(makeSite(), 'a', '1');
    await browser.visit({}, (session) => session.set('list', [1]));
    await browser.visit({}, (session) => (session.get('list') as unknown as number[]).push(2));
    await browser.visit({}, (session) => {
      for (const [, value] of session) if (Array.isArray(value)) value.push(3);
    });
    expect((await browser.visit()).session.get('list')).toEqual([1, 2, 3]);
  });

  it('a commit with a value that is not JSON any more fails, names the key, and saves nothing', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'a', '1');
    const visit = await browser.begin();
    visit.session.set('list', []);
    (visit.session.get('list') as unknown as unknown[]).push(1n);
    await expect(visit.commit()).rejects.toThrow(/session key "list"/);
    expect((await site.records())[0]?.data).toEqual({ a: '1' });
  });

  it('id, kind, isNew, expires', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    const visit = await browser.begin();
    const { session } = visit;
    expect(session).toMatchObject({ kind: 'anonymous', isNew: true, expires: null });
    session.set('a', 1);
    await visit.commit();
    expect(session.isNew).toBe(false);
    expect(session.expires).toEqual(new Date(site.time.now + 3 * HOUR));
    expect(session.id).toBe((await site.records())[0]?.id);
  });
});

describe('save()', () => {
  it('returns its result', async () => {
    const site = makeSite();
    const { session: none } = await site.sessions.begin({});
    expect(await none.save()).toBe('unchanged');
    none.set('a', 1);
    expect(await none.save()).toBe('unavailable');
    const { session } = await (await visitorWith(site, 'a', '1')).begin();
    expect(await session.save()).toBe('unchanged');
    session.set('a', '2');
    expect(await session.save()).toBe('saved');
    expect(await session.save()).toBe('unchanged');
  });

  it('a value set after a save that was not awaited is saved, once', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'a', '1');
    const visit = await browser.begin();
    visit.session.set('a', '2');
    const first = visit.session.save();
    visit.session.set('a', '3').set('b', 1);
    await visit.commit();
    expect(await first).toBe('saved');
    expect((await site.records())[0]?.data).toEqual({ a: '3', b: 1 });
  });

  it('saves of one request run one after the other', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    const { session } = await browser.begin();
    let underWay = 0;
    site.store.before = () => {
      underWay += 1;
      expect(underWay).toBe(1);
    };
    site.store.after = () => {
      underWay -= 1;
    };
    const saves = [1, 2, 3].map((n) => session.set('n', n).save());
    await Promise.all([...saves, session.update('m', () => 1), session.rotate(), session.set('o', 1).save()]);
    expect((await site.records()).map(({ data }) => data)).toEqual([{ n: 3, m: 1, o: 1 }]);
  });

  it('commit may be called again after further changes', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'a', '1');
    const visit = await browser.begin();
    await visit.commit();
    visit.session.set('a', '2');
    expect((await visit.commit())['set-cookie']).toBeDefined();
    expect((await site.records())[0]?.data).toEqual({ a: '2' });
  });
});

describe('update()', () => {
  it('returns the new value, saves it at once, and sees unsaved values of this request', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'a', '1');
    const { session } = await browser.begin();
    session.set('n', 5);
    expect(await session.update('n', (n) => (n as number) + 1)).toBe(6);
    expect(session.get('n')).toBe(6);
    expect((await site.records())[0]?.data).toEqual({ a: '1', n: 6 });
  });

  it('sees values that other requests saved since this one began', async () => {
    const site = makeSite();
    const browser = await visitorWith(site, 'n', '1');
    const { session } = await browser.begin();
    await browser.visit({}, (other) => other.set('n', '2'));
    expect(await session.update('n', (n) => `${n}+`)).toBe('2+');
  });

  it('creates the first record of a visitor', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    await browser.visit({}, (session) => session.update('n', (n) => ((n as number) ?? 0) + 1));
    expect((await browser.visit()).session.get('n')).toBe(1);
  });

  it('without a session its value is kept for this request alone', async () => {
    const site = makeSite();
    const { session } = await site.sessions.begin({});
    expect(await session.update('n', () => 1)).toBe(1);
    expect(session.get('n')).toBe(1);
    expect(await site.records()).toEqual([]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new RangeError('no');
      },
      RangeError,
    ],
    ['gives undefined', () => undefined, TypeError],
    ['is asynchronous', async () => 1, TypeError],
  ])('a function that %s changes nothing, and the session goes on', async (_, fn, error) => {
    const site = makeSite();
    const browser = await visitorWith(site, 'n', '1');
    const visit = await browser.begin();
    await expect(visit.session.update('n', fn as never)).rejects.toThrow(error);
    expect((await site.records())[0]?.data).toEqual({ n: '1' });
    visit.session.set('m', 1);
    await visit.commit();
    expect((await site.records())[0]?.data).toEqual({ n: '1', m: 1 });
  });
});

describe('destroy() and rotate()', () => {
  it('destroy: record gone, cookie deleted, values gone, not available, nothing comes back', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const { session, sent } = await browser.visit({}, async (own) => {
      own.set('draft', 'x');
      await own.destroy();
      expect(own.size).toBe(0);
      own.set('late', 1);
    });
    expect(session).toMatchObject({ available: false, id: null, isNew: true, expires: null });
    expect(sent?.action).toBe('delete');
    expect(await site.records()).toEqual([]);
    expect(site.events.at(-1)).toMatchObject({ event: 'ended', reason: 'destroyed', user: 'alice' });
  });

  it('rotate: a new id and token, the data and the user kept, the old ones worthless', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.logIn('alice');
    const thief = browser.copy();
    const before = (await site.records())[0];
    const { session, sent } = await browser.visit({}, async (own) => {
      own.set('draft', 'x');
      await own.rotate();
      own.set('more', 1);
    });
    expect(session.id).not.toBe(before?.id);
    expect(sent).toMatchObject({ action: 'set', kind: 'user' });
    expect((await thief.visit()).user).toBeNull();
    const { user, session: next } = await browser.visit();
    expect(user).toBe('alice');
    expect(next.toJSON()).toEqual({ draft: 'x', more: 1 });
    expect(site.events).toContainEqual(
      expect.objectContaining({ event: 'rotated', id: session.id, from: before?.id, user: 'alice' }),
    );
  });

  it('rotate: for a visitor without data, and without a session', async () => {
    const site = makeSite();
    const browser = site.browser();
    await browser.visit();
    const old = browser.copy();
    await browser.visit({}, (session) => session.rotate());
    expect(browser.cookie).not.toBe(old.cookie);
    expect(await site.records()).toEqual([]);
    await browser.visit({}, (session) => session.set('a', 1));
    await old.visit({}, (session) => session.set('a', 'stolen'));
    expect((await browser.visit()).session.get('a')).toBe(1);
    const { session } = await site.sessions.begin({});
    await session.rotate();
    expect(session.id).toBeNull();
  });
});
