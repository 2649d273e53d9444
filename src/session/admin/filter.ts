import type { SessionKind, StoreEntry } from '../../store/contract.js';
import { type SessionState, stateOfEntry } from '../lifecycle/state.js';

/** Which sessions are meant. Every condition given must hold; none means all. */
export interface SessionFilter {
  /** Ids, whole. */
  ids?: readonly string[];
  /** A user's id, or several: any of them. Not together with `userName`. */
  userId?: string | readonly string[];
  /**
   * A user's name, or several: any of them. The directory says whose it is; where it knows nobody of that name, the
   * names in the records do, which reads the whole store.
   */
  userName?: string | readonly string[];
  kind?: SessionKind;
  state?: SessionState;
  /** The cookie expires within so many ms from now, and has not yet. */
  expiresWithin?: number;
  /** Last seen at least so many ms ago. */
  idle?: number;
  /** Has a value under this key. */
  hasKey?: string;
}

/** What must hold of a session once it is settled which ids and which users are meant. */
export interface Conditions extends Omit<SessionFilter, 'ids' | 'userId' | 'userName'> {
  userIds?: ReadonlySet<string>;
}

/**
 * Whether a session is meant. What cannot be read matches only by state, or when nothing is asked.
 * @param refused what `Refusals` says of it
 */
export function matches(entry: StoreEntry, conditions: Conditions, now: number, refused = false): boolean {
  return isInState(entry, conditions, now, refused) && matchesButState(entry, conditions, now);
}

/** Whether it is in the state that is asked for, if one is. */
export function isInState(entry: StoreEntry, { state }: Conditions, now: number, refused: boolean): boolean {
  return state === undefined || stateOfEntry(entry, now, refused) === state;
}

/** Whether all else holds that is asked for. */
export function matchesButState({ record }: StoreEntry, conditions: Conditions, now: number): boolean {
  const { userIds, kind, expiresWithin, idle, hasKey } = conditions;
  if (record === null)
    return [userIds, kind, expiresWithin, idle, hasKey].every((condition) => condition === undefined);
  if (userIds !== undefined && !(record.user !== null && userIds.has(record.user.id))) return false;
  if (kind !== undefined && record.kind !== kind) return false;
  if (expiresWithin !== undefined && !isWithin(record.cookieExpires, now, expiresWithin)) return false;
  if (idle !== undefined && now - record.seen < idle) return false;
  return hasKey === undefined || Object.hasOwn(record.data, hasKey);
}

function isWithin(moment: number, now: number, distance: number): boolean {
  return moment > now && moment <= now + distance;
}
