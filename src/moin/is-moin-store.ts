import { MOIN_STORE } from './brand.js';
import type { MoinStore } from './store.js';

/** Whether this is the store of a MoinMoin wiki. Loads nothing of it. */
export function isMoinStore(store: unknown): store is MoinStore {
  return typeof store === 'object' && store !== null && MOIN_STORE in store;
}
