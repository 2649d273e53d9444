import type { SessionRecord, SessionStore, Tombstone } from './contract.js';

/** Key of a store's `LookUp`. */
export const LOOK_UP: unique symbol = Symbol('moin-sessions.lookUp');

/** What stands under an id. The record is null also while the id has a tombstone. */
interface Stored {
  record: SessionRecord | null;
  tombstone: Tombstone | null;
}

/** For a distant store of this library: record and tombstone in one round trip. Other stores are asked twice. */
export interface LookUp {
  /** The methods that this one stands for: a subclass or a test that replaces one of them is not passed by. */
  readonly standsFor: Pick<SessionStore, 'find' | 'tombstone'>;

  /** @throws what `find` rejects with */
  lookUp(id: string): Promise<Stored>;
}

/** The look-up of a store; null when it has none, or when one of the methods is not the one that it stands for. */
export function lookUpOf(store: SessionStore): LookUp | null {
  const access = (store as { [LOOK_UP]?: LookUp })[LOOK_UP];
  if (access === undefined) return null;
  const { find, tombstone } = access.standsFor;
  return store.find === find && store.tombstone === tombstone ? access : null;
}
