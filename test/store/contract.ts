import { afterEach, beforeEach, describe, it } from 'vitest';
import type { SessionStore } from '../../src/store/contract.js';
import { basicChecks } from './checks/basics.js';
import { changeChecks } from './checks/changes.js';
import { damageChecks } from './checks/damage.js';
import { deleteChecks } from './checks/deletes.js';
import { listChecks } from './checks/lists.js';

/** A new, empty store, and what the checks need beside the contract. */
export interface StoreUnderTest {
  store: SessionStore;
  /** The same store as another process would open it. It is closed with the test. */
  sibling(): SessionStore;
  /** Puts these bytes where the record of `id` is stored. */
  putBytes(id: string, text: string): Promise<void>;
  /** Removes the store. */
  dispose(): Promise<void>;
}

/** One promise of the contract. It fails by throwing. */
export interface StoreCheck {
  name: string;
  run(given: StoreUnderTest): Promise<void>;
}

/** `src/store/contract.ts` as checks, for every writable store. */
export const storeChecks: readonly StoreCheck[] = [
  ...basicChecks,
  ...changeChecks,
  ...deleteChecks,
  ...listChecks,
  ...damageChecks,
];

/** Runs all checks against a kind of store. @param extra checks of what only this kind promises */
export function describeStore(
  name: string,
  makeStore: () => Promise<StoreUnderTest>,
  extra: readonly StoreCheck[] = [],
): void {
  describe(name, () => {
    let given: StoreUnderTest;
    beforeEach(async () => {
      given = await makeStore();
    });
    afterEach(async () => {
      await given.store.close();
      await given.dispose();
    });
    for (const check of [...storeChecks, ...extra]) it(check.name, () => check.run(given));
  });
}
