import type { Removal, SessionRecord, SessionStore } from './contract.js';

/** Key of a store's `BulkDeletion`. */
export const BULK: unique symbol = Symbol('moin-sessions.bulk');

/** A removal, or the error that a `delete` of this one session would reject with. */
export type SettledRemoval = Removal | { error: unknown };

/** What a store of this library does with many records at once, for less than one by one. Other stores do without. */
export interface BulkDeletion {
  /** The method that this one stands for: a subclass or a test that replaces it is not passed by. */
  readonly standsFor: Pick<SessionStore, 'delete'>;

  /**
   * As `delete` with `when`, for each of these ids; they should be neighbours in the order of ids, as `expiryCandidates`
   * yields them. Gives the results in the order of the ids.
   */
  delete(ids: readonly string[], when: (current: SessionRecord) => boolean): Promise<SettledRemoval[]>;
}

/** The bulk deletion of a store; null when it has none, or when its `delete` is not the one that it stands for. */
export function bulkDeletion(store: SessionStore): BulkDeletion | null {
  const bulk = (store as { [BULK]?: BulkDeletion })[BULK];
  return bulk !== undefined && store.delete === bulk.standsFor.delete ? bulk : null;
}
