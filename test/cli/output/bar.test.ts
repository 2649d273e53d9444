import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BarScale } from '../../../src/cli/output/bar.js';

describe('a bar', () => {
  it('is drawn in eighths of a character, or of #', () => {
    const unicode = new BarScale(16, { width: 2, unicode: true });
    expect([0, 1, 3, 8, 12, 16].map((count) => unicode.bar(count))).toEqual(['', '▏', '▍', '█', '█▌', '██']);
    const ascii = new BarScale(100, { width: 10, unicode: false });
    expect([0, 1, 50, 99, 100].map((count) => ascii.bar(count).length)).toEqual([0, 1, 5, 9, 10]);
  });

  it('never exceeds its room; what is there has one; a larger count has no shorter one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2e9 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 200 }),
        fc.boolean(),
        (counts, width, unicode) => {
          const most = Math.max(...counts);
          const scale = new BarScale(most, { width, unicode });
          const sorted = [...counts].sort((one, other) => one - other);
          let before = '';
          for (const count of sorted) {
            const bar = scale.bar(count);
            expect(bar === '').toBe(count === 0);
            expect(bar.length).toBeLessThanOrEqual(width);
            expect(bar.length).toBeGreaterThanOrEqual(before.length);
            before = bar;
          }
          if (most > 0) expect(scale.bar(most)).toBe((unicode ? '█' : '#').repeat(width));
        },
      ),
    );
  });

  it('without room there is none', () => {
    expect(new BarScale(5, { width: 0, unicode: true }).bar(5)).toBe('');
  });
});
