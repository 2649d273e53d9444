import { DeniedRecordError, UnreadableRecordError } from '../../base/errors.js';
import { isPromise, type Soon } from '../../base/soon.js';
import type { SessionRecord, Tombstone } from '../../store/contract.js';
import type { LookUp } from '../../store/lookup.js';

/**
 * What a store has under an id. `unreadable`: why the record cannot be read; null if there is no record. `denied`: for want of a
 * right. `tombstone` is absent when the store has to be asked for it.
 */
export type Found =
  | { record: SessionRecord }
  | { record: null; unreadable: string | null; denied?: boolean; tombstone?: Tombstone | null };

/** Looks an id up in a store, or in what a store does at once. */
export function findIn(store: { find(id: string): Soon<SessionRecord | null> }, id: string): Soon<Found> {
  try {
    const record = store.find(id);
    return isPromise(record) ? record.then(found, unreadable) : found(record);
  } catch (error) {
    return unreadable(error);
  }
}

/** Looks an id up in a store that knows of its tombstone, too. */
export function findBoth(store: LookUp, id: string): Promise<Found> {
  return store
    .lookUp(id)
    .then(
      ({ record, tombstone }) => (record === null ? { record, unreadable: null, tombstone } : { record }),
      unreadable,
    );
}

/** A store of one's own may say `undefined`, as `Map.get` does. */
function found(record: SessionRecord | null | undefined): Found {
  return record == null ? { record: null, unreadable: null } : { record };
}

/** I4. @throws any other error than that of an unreadable record */
function unreadable(error: unknown): Found {
  if (error instanceof UnreadableRecordError)
    return { record: null, unreadable: error.reason, denied: error instanceof DeniedRecordError };
  throw error;
}
