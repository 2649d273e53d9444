import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoText } from '../../../src/cli/output/iso.js';

describe('isoText', () => {
  it('returns the same as toISOString for every time that a Date can hold', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (time) => {
        expect(isoText(time)).toBe(time.toISOString());
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    0,
    -1,
    999,
    8.64e15,
    -8.64e15,
    8.64e15 - 1,
    Date.UTC(2024, 1, 29, 23, 59, 59, 999),
    Date.UTC(9999, 11, 31),
    Date.UTC(10000, 0, 1),
    Date.UTC(-1, 11, 31),
    Date.UTC(2000, 0, 1, 9, 9, 9, 9),
  ])('%d', (ms) => {
    expect(isoText(new Date(ms))).toBe(new Date(ms).toISOString());
  });

  it('keeps days apart, even more than the cache holds', () => {
    for (const round of [0, 1]) {
      for (let day = 0; day < 2500; day++) {
        const time = new Date(day * 86_400_000 + round);
        expect(isoText(time)).toBe(time.toISOString());
      }
    }
  });

  it('throws for an invalid time, as toISOString does', () => {
    expect(() => isoText(new Date(Number.NaN))).toThrow(RangeError);
  });
});
