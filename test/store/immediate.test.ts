import { describe, expect, it, vi } from 'vitest';
import { UnreadableRecordError } from '../../src/base/errors.js';
import type { SessionRecord } from '../../src/store/contract.js';
import { IMMEDIATE, immediateAccess } from '../../src/store/immediate.js';
import { MemoryStore } from '../../src/store/memory.js';
import { OverlayStore } from '../../src/store/overlay.js';
import { aRecord, idOf } from '../aid/records.js';
import { WatchedStore } from '../aid/watched-store.js';
import { describeStore, memoryStoreKind } from './contract.js';

/** Everything that `find` and `update` of a store promise holds of what it does at once. Callers get copies here. */
class AtOnce extends MemoryStore {
  override async find(id: string) {
    return structuredClone(this[IMMEDIATE].find(id));
  }

  override async update(id: string, change: Parameters<MemoryStore['update']>[1]) {
    const updated = this[IMMEDIATE].update(id, (current) => change(structuredClone(current)));
    if (updated === 'busy') throw new Error('a memory is never busy');
    return structuredClone(updated);
  }
}

describeStore('MemoryStore, in the same turn', { ...memoryStoreKind, open: () => new AtOnce() });

describe('what a store does in the same turn', () => {
  it('its records are shared and frozen, with all their parts; those of find() are copies', async () => {
    const store = new MemoryStore();
    await store.create(aRecord('a', { data: { cart: ['apple'] } }));
    const access = store[IMMEDIATE];
    const record = access.find(idOf('a')) as SessionRecord;
    expect(access.find(idOf('a'))).toBe(record);
    expect(() => (record.data.cart as string[]).push('pear')).toThrow(TypeError);
    const copy = (await store.find(idOf('a'))) as SessionRecord;
    (copy.data.cart as string[]).push('pear');
    expect(access.find(idOf('a'))).toEqual(aRecord('a', { data: { cart: ['apple'] } }));
  });

  it('what was written either way is there for both', async () => {
    const store = new MemoryStore();
    await store.create(aRecord('a'));
    store[IMMEDIATE].find(idOf('a'));
    await store.update(idOf('a'), (current) => ({ ...current, seen: 7 }));
    expect(store[IMMEDIATE].find(idOf('a'))).toMatchObject({ seen: 7, revision: 2 });
    const updated = store[IMMEDIATE].update(idOf('a'), (current) => ({ ...current, seen: 8 }));
    expect(Object.isFrozen(updated)).toBe(true);
    expect(await store.find(idOf('a'))).toMatchObject({ seen: 8, revision: 3 });
    store.putBytes(idOf('a'), 'torn');
    expect(() => store[IMMEDIATE].find(idOf('a'))).toThrow(UnreadableRecordError);
  });

  it('a store that replaces find or update is not passed by', () => {
    expect(immediateAccess(new MemoryStore())).not.toBeNull();
    expect(immediateAccess(new WatchedStore())).toBeNull();
    expect(immediateAccess(new OverlayStore(new MemoryStore()))).toBeNull();
    const spied = new MemoryStore();
    const spy = vi.spyOn(spied, 'update');
    expect(immediateAccess(spied)).toBeNull();
    spy.mockRestore();
    expect(immediateAccess(spied)).not.toBeNull();
    const wrapped = vi.spyOn(MemoryStore.prototype, 'find');
    expect(immediateAccess(new MemoryStore())).toBeNull();
    wrapped.mockRestore();
  });
});
