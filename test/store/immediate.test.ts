import { describe, expect, it, vi } from 'vitest';
import { UnreadableRecordError } from '../../src/base/errors.js';
import type { SessionRecord } from '../../src/store/contract.js';
import { IMMEDIATE, immediateAccess } from '../../src/store/immediate.js';
import { MemoryStore } from '../../src/store/memory.js';
import { OverlayStore } from '../../src/store/overlay.js';
import { temporaryStore } from '../aid/file-store.js';
import { aRecord, copyOf, idOf } from '../aid/records.js';
import { WatchedStore } from '../aid/watched-store.js';
import { describeStore, memoryStoreKind } from './contract.js';

/** A value of this many levels. */
function deep(levels: number): object {
  return levels === 0 ? {} : { down: deep(levels - 1) };
}

/** Everything that `find` and `update` of a store promise holds of what it does at once. Callers get and give copies here. */
class AtOnce extends MemoryStore {
  override async find(id: string) {
    return structuredClone(this[IMMEDIATE].find(id));
  }

  override async update(id: string, change: Parameters<MemoryStore['update']>[1]) {
    const updated = this[IMMEDIATE].update(id, (current) => copyOf(change(structuredClone(current))));
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

  it('keeps what a change returns as it is, frozen with all its parts', async () => {
    for (const store of [new MemoryStore(), temporaryStore().store]) {
      await store.create(aRecord('a', { data: { cart: ['apple'], seen: { a: 1 } } }));
      const cart = ['pear'];
      const before = store[IMMEDIATE].find(idOf('a')) as SessionRecord;
      const change = (current: SessionRecord) => ({ ...current, data: { ...current.data, cart } });
      const updated = store[IMMEDIATE].update(idOf('a'), change) as SessionRecord;
      expect(updated).toEqual({ ...before, revision: 2, data: { ...before.data, cart: ['pear'] } });
      expect(updated.data.cart).toBe(cart);
      expect(() => cart.push('plum')).toThrow(TypeError);
      expect(store[IMMEDIATE].find(idOf('a'))).toBe(updated);
      expect(await store.find(idOf('a'))).toEqual(updated);
    }
  });

  it.each<[string, object, RegExp]>([
    ['of another id', { id: idOf('b') }, /another id/],
    ['without a time', { expires: Number.NaN }, /'expires'/],
    ['that is too deep', { data: deep(1200) }, /nested deeper/],
  ])('refuses a record %s, and what was there stays', async (_, wrong, reason) => {
    for (const store of [new MemoryStore(), temporaryStore().store]) {
      await store.create(aRecord('a'));
      const change = (current: SessionRecord) => ({ ...current, ...wrong });
      expect(() => store[IMMEDIATE].update(idOf('a'), change)).toThrow(reason);
      expect(await store.find(idOf('a'))).toEqual(aRecord('a'));
    }
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
