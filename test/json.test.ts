import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertJson } from '../src/json.js';

class Point {
  x = 1;
}

const cycle: { self?: unknown } = {};
cycle.self = [cycle];

describe('assertJson: values are JSON (spec 5)', () => {
  it('takes every JSON value, and the same object twice, which is no cycle', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => assertJson('k', value)));
    const shared = { a: 1 };
    expect(() => assertJson('k', [shared, shared, { shared }])).not.toThrow();
    expect(() => assertJson('k', Object.create(null))).not.toThrow();
  });

  it.each([
    ['a function', () => {}, 'a function'],
    ['a BigInt', 1n, 'a bigint'],
    ['undefined', undefined, 'undefined'],
    ['NaN', Number.NaN, 'NaN'],
    ['Infinity', Number.POSITIVE_INFINITY, 'Infinity'],
    ['a symbol', Symbol('x'), 'a symbol'],
    ['a cycle', cycle, '(at .self[0]) is a cycle'],
    ['a date', new Date(0), 'an instance of Date'],
    ['a map', new Map(), 'an instance of Map'],
    ['an object of a class', new Point(), 'an instance of Point'],
    ['a promise', Promise.resolve(1), 'an instance of Promise'],
    ['undefined inside', { a: [{ b: undefined }] }, '(at .a[0].b) is undefined'],
    // biome-ignore lint/suspicious/noSparseArray: that is what is tested
    ['a hole in an array', [1, , 2], '(at [1]) is undefined'],
    ['a symbol as key', { [Symbol('x')]: 1 }, 'an object with a symbol as key'],
  ])('refuses %s with a TypeError that names the key and the place', (_, value, message) => {
    expect(() => assertJson('cart', value)).toThrow(TypeError);
    expect(() => assertJson('cart', value)).toThrow('session key "cart": the value');
    expect(() => assertJson('cart', value)).toThrow(message);
  });

  it('what it takes comes back from JSON as it went in', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        try {
          assertJson('k', value);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          return;
        }
        const back = JSON.parse(JSON.stringify(value));
        expect(JSON.stringify(back)).toBe(JSON.stringify(value));
      }),
    );
  });

  it('a value nested too deep for JSON is refused at set, with the key, not later', () => {
    let deep: unknown = [];
    for (let depth = 0; depth < 200_000; depth++) deep = [deep];
    expect(() => assertJson('deep', deep)).toThrow(
      'session key "deep": the value is nested deeper than 1000 levels',
    );
  });
});
