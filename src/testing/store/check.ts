import type { SessionStore } from '../../store/contract.js';

/** A store under test, as one check gets it. */
export interface StoreUnderTest {
  /** New and empty. */
  store: SessionStore;
  /** Opens the same store once more; it is closed after the check. */
  reopen: () => Promise<SessionStore>;
  /** Puts a text in place of the record of `id`. */
  plant: (id: string, text: string) => Promise<void>;
}

/** One promise of the contract, and how to see whether a store keeps it. */
export interface ContractCheck {
  title: string;
  /** The sentence of the contract, for the message of a failure. */
  promise: string;
  /** The check needs records that the store itself would not write. */
  plants?: true;
  /** Throws when the promise is broken. */
  run: (given: StoreUnderTest) => Promise<void>;
}
