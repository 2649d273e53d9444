import { MoinStore } from '../moin/store.js';
import type { SessionStore } from './contract.js';
import { type LateStores, type OpenStoreOptions, type StoreOpening, storeOpenerWith } from './opener.js';
import { RedisStore } from './redis/store.js';

/** Not late: a bundler may be asked for one file, and Node repeats the failure of an import. */
const STORES: LateStores = {
  redis: (where, options) => new RedisStore(where, options),
  moin: (dir, settings, options) => new MoinStore(dir, settings, options),
};

/**
 * Opens the store at `where`: `file:DIR`, a `file:///` URL, a path, `memory:`, `redis://` and its kin, or `moin:DIR` (spec 6, 8).
 * @throws ConfigurationError when `where` names no kind of store; StoreError when the folder holds other things, when it is
 * missing although it `mustExist`, and when this runtime cannot lock files
 */
export async function openStore(where: string | URL, options: OpenStoreOptions = {}): Promise<SessionStore> {
  return storeOpener(where, options)();
}

/**
 * Returns a function that opens the store at `where` at each call. Resolves a relative path now, so a later change of the
 * working directory has no effect. Touches no file before the first of these calls.
 * @throws ConfigurationError when `where` names no kind of store, or no path; StoreError when this runtime cannot lock
 * files
 */
export function storeOpener(where: string | URL, options: OpenStoreOptions = {}): StoreOpening {
  return storeOpenerWith(STORES, where, options);
}
