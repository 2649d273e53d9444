import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/base/json.js';
import { partnersOf } from '../../../src/session/values/pairing.js';

/** The partners by index, as pairs in order. */
function pairs(held: Json[], wanted: Json[]): [number, number][] {
  return [...partnersOf(held, wanted)].sort(([one], [other]) => one - other);
}

/** Elements at both ends, each without a partner, so that only the middle can be paired. */
const WITHOUT_PARTNERS = { held: [{ id: 'first' }, { id: 'last' }], wanted: [{ id: 'A' }, { id: 'Z' }] };

/** The partners of elements that are all between two that have none. */
function inner(held: Json[], wanted: Json[]): [number, number][] {
  const [h, w] = [WITHOUT_PARTNERS.held, WITHOUT_PARTNERS.wanted] as [Json[], Json[]];
  const all = pairs([h[0] as Json, ...held, h[1] as Json], [w[0] as Json, ...wanted, w[1] as Json]);
  return all.map(([from, to]) => [from - 1, to - 1]);
}

describe('spec 5: which element of a list is which after others changed the list', () => {
  it('elements before and behind the changed part keep their partners', () => {
    expect(pairs([1, 2, 3], [1, 9, 8, 3])).toEqual([
      [0, 0],
      [2, 3],
    ]);
    expect(pairs([1, 2, 3, 4], [1, 4])).toEqual([
      [0, 0],
      [3, 1],
    ]);
  });

  it('equal elements are partners, each of them once', () => {
    expect(inner(['x', 'y', 'x'], ['y', 'x', 'x'])).toEqual([
      [0, 1],
      [1, 0],
      [2, 2],
    ]);
    expect(inner(['x', 'x'], ['y', 'x'])).toEqual([[0, 1]]);
  });

  it.each(['id', '_id', 'uuid', 'key', 'sku', 'slug', 'name'])(
    'the same %s makes two objects partners, whatever else is in them',
    (name) => {
      const held = { [name]: 7, a: 1, b: 1, c: 1 };
      const lookalike = { [name]: 8, a: 1, b: 1, c: 1 };
      const changed = { [name]: 7, a: 2, b: 2, c: 2 };
      expect(inner([held], [lookalike, changed])).toEqual([[0, 1]]);
      expect(inner([held], [lookalike])).toEqual([]);
      expect(inner([held], [{ a: 1, b: 1, c: 1 }, changed])).toEqual([[0, 1]]);
    },
  );

  it('the first identity that both have decides: a name that was edited is no other object', () => {
    expect(inner([{ id: 1, name: 'a' }], [{ id: 1, name: 'b' }])).toEqual([[0, 0]]);
    expect(inner([{ id: 1, name: 'a' }], [{ id: 2, name: 'a' }])).toEqual([]);
  });

  it('an identity that is an object, or that one of the two lacks, decides nothing', () => {
    expect(inner([{ id: {}, a: 1 }], [{ id: {}, a: 1, b: {} }])).toEqual([[0, 0]]);
    expect(inner([{ id: 1, a: 1 }], [{ a: 1 }])).toEqual([[0, 0]]);
  });

  it('objects in the same place are partners if they have one scalar in common, or hold no scalars', () => {
    expect(inner([{ a: 1, b: 1, c: 1 }], [{ a: 1, b: 2, c: 2 }])).toEqual([[0, 0]]);
    expect(inner([{ a: 1, b: 1 }], [{ a: 2, b: 2 }])).toEqual([]);
    expect(inner([{ a: [1] }], [{ a: [2] }])).toEqual([[0, 0]]);
  });

  it('objects in different places are partners if they have more than half of their scalars in common', () => {
    const other = { z: 0 };
    expect(inner([{ a: 1, b: 1, c: 1 }], [other, { a: 1, b: 1, c: 2 }])).toEqual([[0, 1]]);
    expect(inner([{ a: 1, b: 1 }], [other, { a: 1, b: 2 }])).toEqual([]);
    expect(inner([{ a: [1] }], [other, { a: [2] }])).toEqual([]);
  });

  it('a scalar that only one of the two has counts as a difference', () => {
    expect(inner([{ a: 1 }], [{ z: 0 }, { a: 1, b: 1 }])).toEqual([]);
    expect(inner([{ a: 1, b: 1 }], [{ z: 0 }, { a: 1 }])).toEqual([]);
  });

  it('booleans, numbers and texts are scalars; null, lists and objects do not count', () => {
    const held = { a: true, b: 1, c: 'x', d: null, e: [1], f: { x: 1 } };
    const wanted = { a: true, b: 1, c: 'y', d: null, e: [2], f: { x: 2 } };
    expect(inner([held], [{ z: 0 }, wanted])).toEqual([[0, 1]]);
    expect(inner([{ a: null, b: 1 }], [{ z: 0 }, { a: null, b: 2 }])).toEqual([]);
  });

  it('lists are partners in the same place alone, and never partners of objects or scalars', () => {
    expect(inner([['a']], [['b']])).toEqual([[0, 0]]);
    expect(inner([['a']], ['x', ['b']])).toEqual([]);
    expect(inner([['a']], [{ a: 1 }])).toEqual([]);
    expect(inner(['a'], ['b'])).toEqual([]);
    expect(inner([null], [{ a: 1 }])).toEqual([]);
  });

  it('the pair with the most in common is made first', () => {
    const held = { a: 1, b: 1, c: 1, d: 1 };
    const three = { a: 1, b: 1, c: 1, d: 2 };
    const all = { a: 1, b: 1, c: 1, d: 1, e: [0] };
    expect(inner([held], [three, all])).toEqual([[0, 1]]);
    expect(inner([held], [all, three])).toEqual([[0, 0]]);
    expect(inner([three, held], [all])).toEqual([[1, 0]]);
  });

  it('of pairs with as much in common, the one in the same place is made first', () => {
    const held = { a: 1, b: 1 };
    expect(
      inner(
        [{ z: 0 }, held],
        [
          { ...held, c: [1] },
          { ...held, c: [2] },
        ],
      ),
    ).toEqual([[1, 1]]);
  });

  it('beyond 10000 comparisons only elements in the same place are compared', () => {
    const held = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));
    const moved = (count: number) =>
      held(count)
        .reverse()
        .map((item) => ({ ...item, new: true }));
    expect(pairs(held(100), moved(100))).toHaveLength(100);
    expect(pairs(held(101), moved(101))).toEqual([[50, 50]]);
  });

  it('in a long list an element has no partner where the new list has no such place', () => {
    const held = Array.from({ length: 200 }, (_, n) => [n]);
    const wanted = Array.from({ length: 100 }, (_, n) => [n, n]);
    expect(pairs(held, wanted)).toHaveLength(100);
  });
});
