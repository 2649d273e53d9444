import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../../src/store/memory.js';
import { fileStoreUnderTest } from '../../aid/file-store.js';
import type { StoreUnderTest } from '../contract.js';
import { makeMutant, mutants } from '../mutants.js';
import { anyCommands } from './commands.js';
import { Reference } from './reference.js';

async function memoryStoreUnderTest(): Promise<StoreUnderTest> {
  const store = new MemoryStore();
  return {
    store,
    sibling: () => store,
    putBytes: async (id, text) => store.putBytes(id, text),
    dispose: async () => {},
  };
}

/** Does random things to new stores. @throws Error that shows the shortest list of commands that goes wrong */
function doAnything(makeStore: () => Promise<StoreUnderTest>, options: { numRuns: number; seed?: number }) {
  const property = fc.asyncProperty(anyCommands, async (commands) => {
    const real = await makeStore();
    try {
      await fc.asyncModelRun(() => ({ model: new Reference(), real }), commands);
    } finally {
      await real.store.close();
      await real.dispose();
    }
  });
  return fc.assert(property, { ...options, endOnFailure: options.seed !== undefined });
}

/** They go wrong only when two are at work at once, when somebody hands in what no record may be, or with a successor, which the commands leave out. */
const BEYOND_COMMANDS = [
  'a tombstone without a successor',
  'an update without a lock',
  'an update that replaces all data by what an older request knew',
  'an update that stores anything',
  'a purge that decides by what it listed',
  'an index by name',
  'ids that are looked at loosely',
];
const noticeable = mutants.filter(({ name }) => !BEYOND_COMMANDS.includes(name));

describe('whatever is done to a store, in any order, the clock jumping (I2, I4, I5)', () => {
  it('the memory store does what the contract says', async () => {
    await expect(doAnything(memoryStoreUnderTest, { numRuns: 300 })).resolves.toBeUndefined();
  });

  it('the file store does what the contract says', async () => {
    await expect(doAnything(fileStoreUnderTest, { numRuns: 50 })).resolves.toBeUndefined();
  }, 60_000);

  it.each(noticeable)('notices $name', async (mutant) => {
    const noticed = doAnything(async () => makeMutant(mutant), { numRuns: 2000, seed: 1 });
    await expect(noticed).rejects.toThrow();
  });
});
