import { expect, it } from 'vitest';
import { hashesAtOnce } from '../../src/users/import-slots.js';
import { memoryOf, ownSlots, scryptParameters } from '../../src/users/scrypt.js';
import { deferred } from '../aid/deferred.js';

const MIB = 1024 ** 2;

it.each([
  ['as many as cores', { cores: 2, threads: 4, memory: 64_000 * MIB }, 2],
  ['as many as threads of the pool', { cores: 16, threads: 4, memory: 64_000 * MIB }, 4],
  ['in half of the free memory', { cores: 16, threads: 16, memory: 1100 * MIB }, 4],
  ['one at least', { cores: 16, threads: 16, memory: 100 * MIB }, 1],
])('an import hashes %s', (_what, means, expected) => {
  expect(hashesAtOnce(means, scryptParameters())).toBe(expected);
});

it('a hash with other parameters takes other memory', () => {
  const parameters = scryptParameters({ cost: 2 ** 20 });
  expect(memoryOf(parameters)).toBeGreaterThan(1024 * MIB);
  expect(hashesAtOnce({ cores: 8, threads: 8, memory: 4200 * MIB }, parameters)).toBe(2);
});

it('own slots run that many at a time', async () => {
  const inSlot = ownSlots(3);
  const { promise, resolve: free } = deferred();
  let running = 0;
  let most = 0;
  const all = Array.from({ length: 10 }, (_, n) =>
    inSlot(`user ${n}`, async () => {
      running += 1;
      most = Math.max(most, running);
      await promise;
      running -= 1;
    }),
  );
  free();
  await Promise.all(all);
  expect(most).toBe(3);
});
