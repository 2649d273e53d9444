import type { SessionStore } from './contract.js';

/** Whether a store has a record, readable or not. */
export async function holdsRecords(store: Pick<SessionStore, 'scan'>): Promise<boolean> {
  for await (const _ of store.scan()) return true;
  return false;
}
