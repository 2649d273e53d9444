import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IdSet } from '../../src/base/id-set.js';
import { idOf } from '../aid/records.js';

const ZERO = '0'.repeat(32);
/** Ids that share their first or last words, and so their places. */
const word = fc.constantFrom('00000000', '00000001', '00000400', 'ffffffff', '80000000');
const close = fc.tuple(word, word, word, word).map((words) => words.join(''));
const id = fc.oneof(close, fc.constant(ZERO), fc.nat({ max: 5000 }).map(idOf));

describe('IdSet', () => {
  it('says what a Set of strings says, whatever is added in whatever order', () => {
    const property = fc.property(fc.array(id, { maxLength: 300 }), (ids) => {
      const [given, known] = [new IdSet(), new Set<string>()];
      for (const one of ids) {
        expect(given.add(one)).toBe(!known.has(one));
        known.add(one);
      }
    });
    fc.assert(property, { numRuns: 200 });
  });

  it('knows 20,000 ids after it has grown', () => {
    const ids = Array.from({ length: 20_000 }, (_, n) => idOf(n));
    const given = new IdSet();
    expect(ids.filter((one) => !given.add(one))).toEqual([]);
    expect(ids.filter((one) => given.add(one))).toEqual([]);
  });

  it('takes as many ids with one first word as with many', () => {
    const given = new IdSet();
    const ids = Array.from({ length: 400 }, (_, n) => `deadbeef${idOf(n).slice(8)}`);
    for (const one of ids) expect(given.add(one)).toBe(true);
    for (const one of ids) expect(given.add(one)).toBe(false);
  });
});
