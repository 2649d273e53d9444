import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { assertJson } from '../../src/base/json.js';

class Point {
  x = 1;
}

class List extends Array<number> {}

function hidden(object: object, name: string, value: unknown): object {
  return Object.defineProperty(object, name, { value });
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
    ['a hidden toJSON', hidden({ a: 1 }, 'toJSON', () => undefined), 'a hidden property (toJSON)'],
    ['a hidden toJSON of an array', hidden([1], 'toJSON', () => undefined), 'a hidden property (toJSON)'],
    ['a hidden property', hidden({ a: 1 }, 'b', 2), 'an object with a hidden property (b)'],
    [
      'a getter',
      {
        get now() {
          return 1;
        },
      },
      'an object with a getter or setter (now)',
    ],
    ['a setter', { set now(_: number) {} }, 'an object with a getter or setter (now)'],
    ['a getter of an array', Object.defineProperty([1], 0, { get: () => 1 }), 'an array with a getter'],
    [
      'a property of an array',
      { list: Object.assign([1], { index: 0 }) },
      '(at .list) is an array with a property (index)',
    ],
    ['an array of a class', new List(1, 2), 'an instance of List'],
    ['what is inherited', Object.create(Object.assign(Object.create(null), { a: 1 })), 'an instance of'],
    ['a symbol on an array', Object.assign([1], { [Symbol('x')]: 1 }), 'an array with a symbol as key'],
    ['a symbol as key', { [Symbol('x')]: 1 }, 'an object with a symbol as key'],
  ])('refuses %s with a TypeError that names the key and the place', (_, value, message) => {
    expect(() => assertJson('cart', value)).toThrow(TypeError);
    expect(() => assertJson('cart', value)).toThrow('session key "cart": the value');
    expect(() => assertJson('cart', value)).toThrow(message);
  });

  it.each([
    ['an object', Object.prototype, {}],
    ['an array', Array.prototype, [1]],
  ])('refuses %s that would be stored as what an inherited toJSON makes of it', (kind, prototype, value) => {
    onTestFinished(() => {
      Reflect.deleteProperty(prototype, 'toJSON');
    });
    Object.defineProperty(prototype, 'toJSON', { value: () => undefined, configurable: true });
    expect(() => assertJson('cart', value)).toThrow(`the value is ${kind} with a method toJSON`);
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
