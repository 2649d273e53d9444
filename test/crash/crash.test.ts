import { randomInt } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { crash } from './crash.js';

describe('writers that are killed at random moments (npm run crash does thousands)', () => {
  it.each([1, 2])(
    'I1, I2, I3, I7: 50 kills lose, tear and block nothing, store %i',
    async () => {
      const seed = randomInt(2 ** 31);
      const run = crash({ built: inject('built'), kills: 50, seed, writers: 4 });
      const report = await run.catch((error: Error) => expect.unreachable(`seed ${seed}: ${error.message}`));
      expect(report.acknowledged).toBeGreaterThan(50);
      expect(Object.values(report.interrupted).reduce((sum, count) => sum + count)).toBe(50);
    },
    120_000,
  );
});
