import { beforeEach, describe, expect, it } from 'vitest';
import type { DirectoryUser } from '../../src/users/directory.js';
import { UserCache } from '../../src/users/user-cache.js';
import { deferred } from '../aid/deferred.js';

let now: number;
let asked: string[];
let answer: (id: string) => Promise<DirectoryUser | null>;
let cache: UserCache;

beforeEach(() => {
  now = 1_000_000;
  asked = [];
  answer = async (id) => ({ id, name: id });
  const findById = (id: string) => {
    asked.push(id);
    return answer(id);
  };
  cache = new UserCache({ findById }, 2.5, () => now);
});

describe('the cache of users (option userCache)', () => {
  it('asks once for as long as the option says, and again from then on', async () => {
    await cache.findById('a');
    now += 2499;
    expect(await cache.findById('a')).toEqual({ id: 'a', name: 'a' });
    expect(asked).toEqual(['a']);
    now += 1;
    await cache.findById('a');
    expect(asked).toEqual(['a', 'a']);
  });

  it('asks once for requests at the same time', async () => {
    const gate = deferred();
    answer = (id) => gate.promise.then(() => ({ id, name: id }));
    const all = Promise.all([cache.findById('a'), cache.findById('a'), cache.findById('b')]);
    gate.resolve();
    expect((await all).map((user) => user?.id)).toEqual(['a', 'a', 'b']);
    expect(asked).toEqual(['a', 'b']);
  });

  it('counts the age from the question: a slow answer is shared no longer than a fast one', async () => {
    const gate = deferred();
    answer = (id) => gate.promise.then(() => ({ id, name: 'before' }));
    const first = cache.findById('a');
    now += 2500;
    answer = async (id) => ({ id, name: 'now' });
    expect((await cache.findById('a'))?.name).toBe('now');
    gate.resolve();
    expect((await first)?.name).toBe('before');
    expect((await cache.findById('a'))?.name).toBe('now');
  });

  it('keeps neither that a user is missing nor an error, thrown at once or later', async () => {
    answer = async () => null;
    expect(await cache.findById('a')).toBeNull();
    answer = async () => {
      throw new Error('out of reach');
    };
    await expect(cache.findById('a')).rejects.toThrow('out of reach');
    answer = () => {
      throw new Error('at once');
    };
    await expect(cache.findById('a')).rejects.toThrow('at once');
    answer = async (id) => ({ id, name: 'back' });
    expect((await cache.findById('a'))?.name).toBe('back');
  });

  it('an old question that fails does not drop the answer of a newer one', async () => {
    const gate = deferred();
    answer = () => gate.promise.then(() => null);
    const old = cache.findById('a');
    cache.forget('a');
    answer = async (id) => ({ id, name: 'new' });
    await cache.findById('a');
    gate.resolve();
    expect(await old).toBeNull();
    await cache.findById('a');
    expect(asked).toEqual(['a', 'a']);
  });

  it('a forgotten user is asked for again', async () => {
    await cache.findById('a');
    cache.forget('a');
    await cache.findById('a');
    expect(asked).toEqual(['a', 'a']);
  });

  it('a clock that is set back far makes no answer live longer', async () => {
    await cache.findById('a');
    now -= 3_600_000;
    await cache.findById('a');
    expect(asked).toEqual(['a', 'a']);
  });

  it('holds 5000 users, and forgets the one used least recently', async () => {
    for (let count = 0; count < 5000; count++) await cache.findById(`u${count}`);
    await cache.findById('u0');
    await cache.findById('one more');
    asked.splice(0);
    await cache.findById('u0');
    await cache.findById('u1');
    expect(asked).toEqual(['u1']);
  });
});
