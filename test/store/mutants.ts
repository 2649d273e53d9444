import type { SecretKeeper, SessionStore } from '../../src/store/contract.js';
import type { MemoryStore } from '../../src/store/memory.js';
import type { StoreKind } from '../../src/testing/store/suite.js';
import { brokenEnds } from './mutants/ended.js';
import { brokenRaces } from './mutants/races.js';
import { brokenReadsAndDeletes } from './mutants/reads-and-deletes.js';
import { brokenWrites } from './mutants/writes.js';

/** A store that breaks one promise, and the check of the suite that must notice. */
export interface Mutant {
  name: string;
  caughtBy: string;
  /** What is broken, in terms of a store that is sound. */
  broken(sound: MemoryStore): Partial<SessionStore & SecretKeeper>;
}

/** @param sound a store to break */
export function breakStore({ broken }: Mutant, sound: MemoryStore): MemoryStore {
  const faults = new Map<string, unknown>(Object.entries(broken(sound)));
  return new Proxy(sound, {
    get: (_, name) => faults.get(String(name)) ?? bound(sound, name as keyof MemoryStore),
  });
}

/** @param Sound the class to break: of the sources, or of the package as packed */
export function mutantKind(mutant: Mutant, Sound: new () => MemoryStore): StoreKind<MemoryStore> {
  return {
    open: () => breakStore(mutant, new Sound()),
    plant: (store, id, text) => store.putBytes(id, text),
  };
}

function bound(store: MemoryStore, name: keyof MemoryStore): unknown {
  const value: unknown = store[name];
  return typeof value === 'function' ? value.bind(store) : value;
}

export const mutants: readonly Mutant[] = [
  ...brokenWrites,
  ...brokenReadsAndDeletes,
  ...brokenRaces,
  ...brokenEnds,
];
