import type { StoreError } from '../base/errors.js';
import type { SessionStore } from './contract.js';

/** Key of a store's `ReturnWatch`. */
export const RETURNS: unique symbol = Symbol('moin-sessions.returns');

/**
 * What a store has whose sessions another program writes as well, one that knows nothing of the contract. A request of it that is under
 * way may write back what was ended meanwhile (I2). Nothing prevents that, so the sessions are looked at again at the end.
 */
export interface ReturnWatch {
  /** Begins to remember what this store ends and removes. */
  begin(): { /** Waits a moment, and gives what has come back. */ end(): Promise<Returned[]> };
}

/** A session that was ended or removed, and was written back. */
export interface Returned {
  id: string;
  /** The size that was reported when it was ended. */
  bytes: number;
  error: StoreError;
}

/** The watch of a store; null when nothing writes back what it has ended. */
export function returnWatch(store: SessionStore): ReturnWatch | null {
  return (store as { [RETURNS]?: ReturnWatch })[RETURNS] ?? null;
}
