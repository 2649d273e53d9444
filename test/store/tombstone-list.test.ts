import { describe, expect, it } from 'vitest';
import type { Tombstone } from '../../src/store/contract.js';
import { MemoryStore } from '../../src/store/memory.js';
import { tombstonesOf } from '../../src/store/tombstone-list.js';
import { all } from '../../src/testing/store/records.js';
import { temporaryStore } from '../aid/file-store.js';
import { aRecord, idOf } from '../aid/records.js';

const gone = (at: number): Tombstone => ({ reason: 'logout', at, until: at + 1000 });

describe.each([
  ['memory', () => new MemoryStore()],
  ['file', () => temporaryStore().store],
])('the tombstones of a %s store', (_kind, open) => {
  it('are all of them, whether there was a record or not, and no record', async () => {
    const store = open();
    expect(await all(tombstonesOf(store))).toEqual([]);
    for (const name of ['a', 'b']) await store.create(aRecord(name));
    await store.delete(idOf('a'), { tombstone: gone(1) });
    await store.delete(idOf('c'), { tombstone: { ...gone(2), successor: idOf('b') } });
    const found = await all(tombstonesOf(store));
    expect(new Map<string, Tombstone>(found.map(({ id, tombstone }) => [id, tombstone]))).toEqual(
      new Map<string, Tombstone>([
        [idOf('a'), gone(1)],
        [idOf('c'), { ...gone(2), successor: idOf('b') }],
      ]),
    );
  });

  it('are none where the application has replaced the method that they stand for', async () => {
    const store = open();
    await store.delete(idOf('a'), { tombstone: gone(1) });
    store.tombstone = async () => null;
    expect(await all(tombstonesOf(store))).toEqual([]);
  });
});
