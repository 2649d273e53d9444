import { expect, it } from 'vitest';
import { andThen, inTurn, isPromise, recover } from '../../src/base/soon.js';
import { deferred } from '../aid/deferred.js';

it('goes on in the same turn with a value that is there', () => {
  expect(andThen(2, (value) => value + 1)).toBe(3);
  expect(inTurn([1, 2], (value) => value * 10)).toEqual([10, 20]);
  expect(inTurn([], () => 0)).toEqual([]);
});

it('waits for a promise, and passes its error on', async () => {
  const later = andThen(Promise.resolve(2), (value) => value + 1);
  expect(isPromise(later)).toBe(true);
  expect(await later).toBe(3);
  await expect(andThen(Promise.reject(new Error('gone')), () => 0)).rejects.toThrow('gone');
});

it('takes one value after the other, in order', async () => {
  const first = deferred();
  const begun: number[] = [];
  const all = inTurn([1, 2], (value) => {
    begun.push(value);
    return value === 1 ? first.promise.then(() => value) : value;
  });
  expect(begun).toEqual([1]);
  first.resolve();
  expect(await all).toEqual([1, 2]);
});

it('goes on with the rest when a later value had to wait', async () => {
  const all = inTurn([1, 2, 3], (value) => (value === 2 ? Promise.resolve(value) : value));
  expect(await all).toEqual([1, 2, 3]);
});

it('recovers from what is thrown and from what is rejected', async () => {
  const handle = (error: unknown) => String(error);
  const gone = () => {
    throw new Error('gone');
  };
  expect(recover(() => 'there', handle)).toBe('there');
  expect(recover(gone, handle)).toBe('Error: gone');
  expect(await recover(() => Promise.reject(new Error('gone')), handle)).toBe('Error: gone');
  expect(await recover(() => Promise.resolve('there'), handle)).toBe('there');
});
