import { describe, expect, it } from 'vitest';
import { temporaryStore } from '../aid/file-store.js';
import { eightProcesses, writer } from './history/eight-processes.js';
import { assertLinearizable } from './history/linear.js';
import { writtenBy } from './history/writer-process.js';

describe('eight processes on few sessions of one store', () => {
  it('I1, I2, I5: some order explains all that writers, purge and expire were told', async () => {
    const calls = await eightProcesses(temporaryStore().layout.root, { steps: 700 });
    assertLinearizable(calls);
    expect(calls.length).toBeGreaterThan(4000);
    expect(calls.filter(({ by }) => by === 'cli').length).toBeGreaterThan(0);
  }, 60_000);

  it('the checker notices when they work without locks', async () => {
    const { layout } = temporaryStore();
    const options = { where: layout.root, steps: 400, broken: true };
    const calls = await writtenBy([1, 2, 3, 4].map((seed) => writer({ ...options, seed })));
    expect(() => assertLinearizable(calls)).toThrow(/no order explains/);
  }, 60_000);
});
