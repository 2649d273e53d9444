import type { SessionRecord, SessionStore } from './contract.js';

/** Key of a store's `ImmediateAccess`. */
export const IMMEDIATE: unique symbol = Symbol('moin-sessions.immediate');

/**
 * What a store of this library does in the same turn of the event loop: a request then waits for nothing, and holds no
 * response. Other stores do without.
 */
export interface ImmediateAccess {
  /** The methods that this one stands for: a subclass or a test that replaces one of them is not passed by. */
  readonly standsFor: Pick<SessionStore, 'find' | 'update'>;

  /** As `find`, but callers may share the record: it is frozen. */
  find(id: string): SessionRecord | null;

  /**
   * As `update`. Null: as there. `'busy'`: another process holds the lock, and nothing was done; `update` waits for it.
   * @param change gets a frozen record. The store keeps what it returns, and freezes it: nothing but JSON, of which nobody
   *   changes a part later
   */
  update(id: string, change: (current: SessionRecord) => SessionRecord | null): SessionRecord | null | 'busy';
}

/** The immediate access to a store; null when it has none, or when one of the methods is not the one that it stands for. */
export function immediateAccess(store: SessionStore): ImmediateAccess | null {
  const access = (store as { [IMMEDIATE]?: ImmediateAccess })[IMMEDIATE];
  if (access === undefined) return null;
  const { standsFor } = access;
  return store.find === standsFor.find && store.update === standsFor.update ? access : null;
}
