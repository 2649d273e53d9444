import { describe, expect, it } from 'vitest';
import type { MemoryStore } from '../../src/store/memory.js';
import { type StoreUnderTest, storeChecks } from './contract.js';
import { makeMutant, mutants } from './mutants.js';

async function failures(make: () => StoreUnderTest): Promise<string[]> {
  const failed: string[] = [];
  for (const check of storeChecks) await check.run(make()).catch(() => failed.push(check.name));
  return failed;
}

describe('the suite of the store contract', () => {
  it.each(mutants)('notices $name', async (mutant) => {
    expect(await failures(() => makeMutant(mutant))).toContain(mutant.caughtBy);
  });

  it('has nothing against a mutant without a fault', async () => {
    const sound = { name: 'none', caughtBy: '', broken: (): Partial<MemoryStore> => ({}) };
    expect(await failures(() => makeMutant(sound))).toEqual([]);
  });

  it('has a mutant for all checks but the plainest', () => {
    const unproven = storeChecks
      .map(({ name }) => name)
      .filter((name) => !mutants.some((one) => one.caughtBy === name));
    expect(unproven.sort()).toEqual([
      'deletes nothing where nothing is, without asking',
      'gives back what was created, whatever its data',
      'gives null for what is not there',
      'leaves the record as it is when the change gives null',
      'passes on what a change throws, keeps the record, and goes on',
      'reads what was nested as deep as may be written, and writes nothing deeper (I4)',
      'says where it is, and closes more than once',
      'scans on while what it showed is deleted',
    ]);
  });
});
