import type { SessionStore } from '../../src/store/contract.js';
import { MemoryStore } from '../../src/store/memory.js';
import type { StoreUnderTest } from './contract.js';
import { brokenReadsAndDeletes } from './mutants/reads-and-deletes.js';
import { brokenWrites } from './mutants/writes.js';

/** A store that breaks one promise, and the check of the suite that must notice. */
export interface Mutant {
  name: string;
  caughtBy: string;
  /** What is broken, in terms of a store that is sound. */
  broken(sound: MemoryStore): Partial<SessionStore>;
}

export function makeMutant({ broken }: Mutant): StoreUnderTest {
  const sound = new MemoryStore();
  const faults = new Map(Object.entries(broken(sound)));
  const store = new Proxy(sound, {
    get: (_, name) => faults.get(String(name)) ?? bound(sound, name as keyof MemoryStore),
  });
  return {
    store,
    sibling: () => store,
    putBytes: async (id, text) => sound.putBytes(id, text),
    dispose: async () => {},
  };
}

function bound(store: MemoryStore, name: keyof MemoryStore): unknown {
  const value: unknown = store[name];
  return typeof value === 'function' ? value.bind(store) : value;
}

export const mutants: readonly Mutant[] = [...brokenWrites, ...brokenReadsAndDeletes];
