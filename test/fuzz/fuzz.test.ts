import { randomInt } from 'node:crypto';
import { expect, it } from 'vitest';
import { fuzz } from './target.js';
import { targets } from './targets.js';

/** A sample; `npm run fuzz` tries a million. */
const CASES = 8000;

it.each(targets)('whatever comes: $name', async (target) => {
  await expect(
    fuzz(target, Math.max(300, CASES * target.share), randomInt(2 ** 31)),
  ).resolves.toBeUndefined();
});
