import { UnreadableRecordError } from '../../base/errors.js';
import { isPromise, type Soon } from '../../base/soon.js';
import type { SessionRecord } from '../../store/contract.js';

/** What a store has under an id. `unreadable`: why the record cannot be read; null if there is no record. */
export type Found = { record: SessionRecord } | { record: null; unreadable: string | null };

/** Looks an id up in a store, or in what a store does at once. */
export function findIn(store: { find(id: string): Soon<SessionRecord | null> }, id: string): Soon<Found> {
  try {
    const record = store.find(id);
    return isPromise(record) ? record.then(found, unreadable) : found(record);
  } catch (error) {
    return unreadable(error);
  }
}

/** A store of one's own may say `undefined`, as `Map.get` does. */
function found(record: SessionRecord | null | undefined): Found {
  return record == null ? { record: null, unreadable: null } : { record };
}

/** I4. @throws any other error than that of an unreadable record */
function unreadable(error: unknown): Found {
  if (error instanceof UnreadableRecordError) return { record: null, unreadable: error.reason };
  throw error;
}
