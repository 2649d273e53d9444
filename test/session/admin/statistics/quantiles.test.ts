import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SizeQuantiles } from '../../../../src/session/admin/statistics/quantiles.js';

it('a quantile is within 1 % of the size at that place in the order, and a byte', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20_000_000 }), { minLength: 1, maxLength: 300 }),
      fc.constantFrom(0.01, 0.5, 0.95, 1),
      (sizes, share) => {
        const quantiles = new SizeQuantiles();
        for (const size of sizes) quantiles.add(size);
        const sorted = [...sizes].sort((one, other) => one - other);
        const exact = sorted[Math.ceil(share * sizes.length) - 1] as number;
        expect(Math.abs((quantiles.at(share) as number) - exact)).toBeLessThanOrEqual(1 + exact * 0.01);
      },
    ),
  );
});

it('without sizes there is none', () => {
  expect(new SizeQuantiles().at(0.5)).toBeNull();
});
