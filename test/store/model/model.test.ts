import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../src/store/memory.js';
import { fileStoreKind } from '../../aid/file-store.js';
import { memoryStoreKind } from '../contract.js';
import { brokenEnds } from '../mutants/ended.js';
import { brokenRaces } from '../mutants/races.js';
import { mutantKind, mutants } from '../mutants.js';
import { doAnything } from './do-anything.js';

/** They go wrong only with what the commands leave out: two at work at once, what no record may be, a successor, a long record, an ended session, a secret. */
const BEYOND_COMMANDS = [
  'a create that cuts what is long',
  'a list of a user that forgets what is over, asked for it or not',
  'a secret that is made anew for each who asks',
  'a secret that is replaced although sessions need it',
  'secrets that are replaced although others are there',
  'a tombstone without a successor',
  'an update without a lock',
  'an update that replaces all data by what an older request knew',
  'an update that stores anything',
  'a purge that decides by what it listed',
  'an index by name',
  'ids that are looked at loosely',
];
const noticeable = mutants.filter(
  (mutant) => !BEYOND_COMMANDS.includes(mutant.name) && ![...brokenRaces, ...brokenEnds].includes(mutant),
);

describe('whatever is done to a store, in any order, the clock jumping (I2, I4, I5)', () => {
  it('the memory store does what the contract says', async () => {
    await expect(doAnything(memoryStoreKind, { numRuns: 300 })).resolves.toBeUndefined();
  });

  it('the file store does what the contract says', async () => {
    await expect(doAnything(fileStoreKind(), { numRuns: 50 })).resolves.toBeUndefined();
  }, 60_000);

  it.each(noticeable)('notices $name', async (mutant) => {
    const noticed = doAnything(mutantKind(mutant, MemoryStore), { numRuns: 2000, seed: 1 });
    await expect(noticed).rejects.toThrow();
  });
});
