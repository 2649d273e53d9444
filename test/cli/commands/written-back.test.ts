import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { MemoryStore } from '../../../src/store/memory.js';
import { RETURNS, type ReturnWatch } from '../../../src/store/returns.js';
import { cli } from '../../aid/cli/fake-context.js';
import { sample } from '../../aid/records.js';

/** A store whose first session another program writes back. */
class SharedStore extends MemoryStore {
  constructor(readonly back: string) {
    super();
  }

  get [RETURNS](): ReturnWatch {
    const error = new StoreError(`a request wrote session ${this.back} back: run this again`);
    return { begin: () => ({ end: async () => [{ id: this.back, bytes: 0, error }] }) };
  }
}

describe('I2: a session that a wiki has written back meanwhile', () => {
  it.each(['expire', 'purge'])('%s: is none of the ids that are done', async (command) => {
    const records = [sample('1a'), sample('2b')];
    const [back, gone] = records.map(({ id }) => id) as [string, string];
    const store = new SharedStore(back);
    for (const record of records) await store.create(record);
    const { code, out, err } = await cli({ store }, command, '--all', '--yes', '--format', 'ids');
    expect({ code, out }).toEqual({ code: 4, out: `${gone}\n` });
    expect(err).toContain(`wrote session ${back} back`);
  });
});
