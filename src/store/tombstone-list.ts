import type { SessionStore, Tombstone } from './contract.js';

/** Key of a store's `TombstoneList`. */
export const TOMBSTONES: unique symbol = Symbol('moin-sessions.tombstones');

/** A session that was ended on purpose, as a store remembers it. */
export interface EndedSession {
  id: string;
  tombstone: Tombstone;
}

/** The tombstones of a store of this library, for an export. Other stores do without. */
export interface TombstoneList {
  /** The method that this one stands for: a subclass or a test that replaces it is not passed by. */
  readonly standsFor: Pick<SessionStore, 'tombstone'>;
  /** Every tombstone, in no order, also those that are over. */
  list(): AsyncIterable<EndedSession>;
}

/** The tombstones of a store; none for a store that does not list them. */
export async function* tombstonesOf(store: SessionStore): AsyncGenerator<EndedSession> {
  const tombstones = (store as { [TOMBSTONES]?: TombstoneList })[TOMBSTONES];
  if (tombstones !== undefined && store.tombstone === tombstones.standsFor.tombstone)
    yield* tombstones.list();
}
