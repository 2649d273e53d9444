import type { SessionRecord } from '../../store/contract.js';
import type { SessionIdentity } from '../lifecycle/identity.js';
import type { SessionManager } from '../lifecycle/manager.js';
import type { Changes } from '../values/changes.js';
import type { Values } from '../values/values.js';

/** A session under a token. */
interface Tokened {
  readonly identity: SessionIdentity;
  /** The record as it was loaded or last saved; null while the store has none. */
  readonly record: SessionRecord | null;
}

/** The usual case: saves write to the store. */
export type Open = Tokened & { readonly status: 'open' };

/** A login that the chain has not settled: saves write nothing. `record` is the one that the login replaces. */
type Pending = Tokened & { readonly status: 'pending' };

/** A session without a token. `why`: set if this request has had one that it cannot use. */
interface Unavailable {
  readonly status: 'unavailable';
  readonly why?: 'logged-out' | 'closed';
}

/**
 * What a request's session is, and so what a save can do:
 *
 * - `unavailable`: it has no token, so values are kept for this request alone (S1)
 * - `pending`, `open`: see the types
 * - `over`: it ended during this request; values are kept for this request alone
 */
export type Availability = Open | Pending | Unavailable | { readonly status: 'over' };

export const UNAVAILABLE: Unavailable = { status: 'unavailable' };
export const LOGGED_OUT: Unavailable = { status: 'unavailable', why: 'logged-out' };
export const CLOSED: Unavailable = { status: 'unavailable', why: 'closed' };
export const OVER: Availability = { status: 'over' };

export function identityOf(state: Availability): SessionIdentity | null {
  return state.status === 'open' || state.status === 'pending' ? state.identity : null;
}

export function recordOf(state: Availability): SessionRecord | null {
  return state.status === 'open' || state.status === 'pending' ? state.record : null;
}

/** The loaded record, or else the one that another request has created since, or null. */
export async function presentRecord(
  { identity, record }: Open,
  manager: SessionManager,
): Promise<SessionRecord | null> {
  return record ?? (await manager.find(identity.id)).record;
}

/**
 * S8: whether a save has anything to write: changes, a refresh that is due, or a visitor's record that a user takes
 * over. A session without values gets no record, and a visitor's record without values is not refreshed.
 */
export function isSaveDue(
  { identity, record }: Open,
  values: Values,
  changes: Changes,
  manager: SessionManager,
): boolean {
  if (record === null) return values.size > 0;
  if (changes.size > 0) return true;
  if (identity.owner !== null && record.user === null) return true;
  if (!manager.lifetimes.refreshDue(record, manager.now())) return false;
  return identity.owner !== null || values.size > 0;
}
