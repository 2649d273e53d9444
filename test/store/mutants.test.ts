import { describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/store/memory.js';
import { type StoreKind, storeChecks } from '../../src/testing/store/suite.js';
import { memoryStoreKind } from './contract.js';
import { type Mutant, mutantKind, mutants } from './mutants.js';

const SOUND: Mutant = { name: 'none', caughtBy: '', broken: () => ({}) };

/** The failures by the title of the check. */
async function failures(kind: StoreKind<MemoryStore>): Promise<Map<string, string>> {
  const failed = new Map<string, string>();
  for (const { title, run } of storeChecks(kind))
    await run().catch((error: Error) => failed.set(title, error.message));
  return failed;
}

describe('the suite of the store contract', () => {
  it.each(mutants)('notices $name, and quotes the sentence that it breaks', async (mutant) => {
    const failed = await failures(mutantKind(mutant, MemoryStore));
    expect([...failed.keys()]).toContain(mutant.caughtBy);
    for (const message of failed.values())
      expect(message).toMatch(/^the store breaks this sentence of its contract: "[^"]{20,}"\n\n./);
  });

  it('has nothing against a mutant without a fault', async () => {
    expect(await failures(mutantKind(SOUND, MemoryStore))).toEqual(new Map());
  });

  it('without a way to plant records it leaves out the checks that need them, and no other', () => {
    const { open } = memoryStoreKind;
    const titles = storeChecks({ open }).map(({ title }) => title);
    const left = storeChecks(memoryStoreKind).filter(({ title }) => !titles.includes(title));
    expect(left).toHaveLength(8);
    expect(titles.length).toBeGreaterThan(25);
  });

  it('has a mutant for all checks but the plainest', () => {
    const unproven = storeChecks(memoryStoreKind)
      .map(({ title }) => title)
      .filter((title) => !mutants.some((one) => one.caughtBy === title));
    expect(unproven.sort()).toEqual([
      'deletes nothing where nothing is, without asking',
      'gives back what was created, whatever its data',
      'gives null for what is not there',
      'leaves the record as it is when the change gives null',
      'passes on what a change throws, keeps the record, and goes on',
      'reads what was nested as deep as may be written, and writes nothing deeper (I4)',
      'says where it is, and closes more than once',
    ]);
  });
});
