import { describe, expect, it } from 'vitest';
import { SessionAdmin } from '../../../src/session/admin/admin.js';
import type { EndUserOptions } from '../../../src/session/admin/report.js';
import { all, NOW, sample, storeOf } from '../../aid/records.js';

const WRONG: readonly (readonly [filter: unknown, message: RegExp])[] = [
  [{ userId: undefined }, /userId of the filter .* is undefined; without the condition, leave the key out/],
  [{ userName: undefined }, /userName of the filter/],
  [{ ids: undefined }, /ids of the filter/],
  [{ state: undefined }, /state of the filter/],
  [{ kind: undefined }, /kind of the filter/],
  [{ idle: undefined }, /idle of the filter/],
  [{ expiresWithin: undefined }, /expiresWithin of the filter/],
  [{ hasKey: undefined }, /hasKey of the filter/],
  [{ userid: 'u1' }, /no key "userid" \(did you mean 'userId'\?\)/],
  [{ user: 'alice' }, /no key "user" \(did you mean 'userId'\?\): there are ids, userId, userName/],
  [{ userId: 'u1', userName: 'alice' }, /userId and userName: name one of them/],
  [{ userId: 17 }, /userId of the filter must be a text, or a list of them, and is a number/],
  [{ userId: null }, /and is null/],
  [{ userId: ['u1', undefined] }, /userId of the filter/],
  [{ ids: 'abcd' }, /ids of the filter must be a list of session ids, and is a text/],
  [{ kind: 'anon' }, /kind of the filter must be user or anonymous/],
  [
    { state: 'Active' },
    /state of the filter must be active or grace or expired or refused or unreadable, and is 'Active' \(did you mean 'active'\?\)/,
  ],
  [{ state: 'x'.repeat(17) }, /refused or unreadable, and is a text$/],
  [{ state: 'a b' }, /refused or unreadable, and is a text$/],
  [{ endedBy: undefined }, /endedBy of the filter .* is undefined; without the condition, leave the key out/],
  [
    { endedBy: ['user', 'admin'] },
    /endedBy of the filter must be administrator or user or limit, or a list of them, and is a list/,
  ],
  [{ endedBy: 'admin' }, /or a list of them, and is 'admin'/],
  [{ where: 'views > 1' }, /where of the filter must be a function, and is a text/],
  [{ where: undefined }, /where of the filter/],
  [{ idle: '2h' }, /idle of the filter must be a number of ms, 0 or more/],
  [{ idle: Number.NaN }, /idle of the filter/],
  [{ expiresWithin: -1 }, /expiresWithin of the filter/],
  [{ hasKey: ['cart'] }, /hasKey of the filter must be a text, and is a list/],
  [null, /the filter must be an object, and is null/],
  ['alice', /the filter must be an object, and is a text/],
  [new Map([['userId', 'u1']]), /the filter must be an object, and is an object of the kind Map/],
  [Promise.resolve({ userId: 'u1' }), /the filter must be an object, and is an object of the kind Promise/],
];

describe('spec 5: a filter that is not what it seems is a TypeError, and never everybody', async () => {
  const store = await storeOf(sample('aaaa'), sample('bbbb', { user: 'bob' }));
  const contents = () => all(store.scan());
  const before = await contents();
  const admin = new SessionAdmin({ store, clock: () => NOW });
  const refusalOf = async (work: () => unknown) => {
    try {
      await work();
    } catch (error) {
      return error;
    }
    return null;
  };

  it.each(WRONG)('%j', async (filter, message) => {
    const works = [
      () => admin.list(filter as object),
      () => admin.expire(filter as object),
      () => admin.purge(filter as object),
    ];
    for (const work of works) {
      const error = await refusalOf(work);
      expect(error).toBeInstanceOf(TypeError);
      expect((error as Error).message).toMatch(message);
    }
    expect(await contents()).toEqual(before);
  });

  it.each<[object, RegExp]>([
    [{}, /an empty filter would end every session: say { all: true }/],
    [{ all: false }, /an empty filter/],
    [{ all: undefined }, /all of the filter must be true or false, and is undefined/],
    [{ all: true, userId: 'id-alice' }, /has all and a condition: leave one of them out/],
    [[undefined], /session ids must be texts/],
  ])('expire(%j) ends nothing', async (filter, message) => {
    const error = await refusalOf(() => admin.expire(filter));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toMatch(message);
    await expect(admin.purge(filter)).rejects.toThrow(TypeError);
    expect(await contents()).toEqual(before);
  });

  it.each<[unknown, object, RegExp]>([
    [undefined, {}, /endUser needs a user's id, and got undefined/],
    [null, {}, /got null/],
    [17, {}, /got a number/],
    [{ userId: 'id-alice' }, {}, /got an object/],
    ['id-alice', { except: undefined }, /except of the options of endUser must be a session id, or null/],
    ['id-alice', { exept: 'x' }, /no key "exept" \(did you mean 'except'\?\)/],
  ])('endUser(%j, %j) ends nothing', async (userId, options, message) => {
    const error = await refusalOf(() => admin.endUser(userId as string, options as EndUserOptions));
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toMatch(message);
    expect(await contents()).toEqual(before);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['an async function', async () => false, /returned a promise: it must not be async/],
    ['one that fails later', async () => Promise.reject(new Error('late')), /returned a promise/],
    ['no return', () => undefined, /where of the filter must return true or false, and returned undefined/],
    ['a text', () => 'no', /returned string/],
    ['null', () => null, /returned null/],
  ])('where that is %s selects nobody', async (_what, returning, message) => {
    const where = returning as () => boolean;
    const works = [
      () => all(admin.list({ where })),
      () => admin.expire({ where }),
      () => admin.purge({ where }),
      () => admin.purge({ where, userId: 'id-alice' }),
    ];
    for (const work of works) {
      const error = await refusalOf(work);
      expect(error).toBeInstanceOf(TypeError);
      expect((error as Error).message).toMatch(message);
    }
    expect(await contents()).toEqual(before);
  });

  it('spec 5: endUser is by id alone: the name of one user may be the id of another', async () => {
    const bobs = { id: 'alice', name: 'bob', method: 'moin_login' };
    const both = await storeOf(sample('aaaa'), { ...sample('bbbb'), user: bobs });
    await new SessionAdmin({ store: both, clock: () => NOW }).endUser('alice', { except: null });
    expect((await both.find('aaaa'.padEnd(32, '0')))?.ended).toBeNull();
    expect((await both.find('bbbb'.padEnd(32, '0')))?.ended).not.toBeNull();
  });
});
