import { describe, it } from 'vitest';
import type { SessionStore } from '../../src/store/contract.js';
import { MemoryStore } from '../../src/store/memory.js';
import { type StoreKind, storeChecks } from '../../src/testing/store/suite.js';

/** Runs the published suite against a kind of store. */
export function describeStore<Store extends SessionStore>(name: string, kind: StoreKind<Store>): void {
  describe(name, () => {
    for (const { title, run } of storeChecks(kind)) it(title, () => run());
  });
}

export const memoryStoreKind: StoreKind<MemoryStore> = {
  open: () => new MemoryStore(),
  plant: (store, id, text) => store.putBytes(id, text),
};
