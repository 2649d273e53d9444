import type { SessionKind, StoreEntry } from '../../store/contract.js';
import { type SessionState, stateOfEntry } from '../lifecycle/state.js';

/** Selects the sessions that meet every given condition; without conditions, all sessions. */
export interface SessionFilter {
  /** Whole ids: any of them. */
  ids?: readonly string[];
  /** One or several user ids: any of them. Not together with `userName`. */
  userId?: string | readonly string[];
  /**
   * One or several user names: any of them. The user directory finds the user. If it has no user of this name,
   * the names in the records count; then the whole store is read.
   */
  userName?: string | readonly string[];
  kind?: SessionKind;
  state?: SessionState;
  /** The cookie expires within this many ms, and has not expired yet. */
  expiresWithin?: number;
  /** Last seen at least this many ms ago. */
  idle?: number;
  /** The session has a value under this key. */
  hasKey?: string;
}

/** A filter with user ids in place of user names, and without `ids`, which select the candidates. */
export interface Conditions extends Omit<SessionFilter, 'ids' | 'userId' | 'userName'> {
  userIds?: ReadonlySet<string>;
}

/**
 * Whether a session meets the conditions. An unreadable session can meet the condition `state` alone, or no conditions.
 * @param refused the verdict of `Refusals`
 */
export function matches(entry: StoreEntry, conditions: Conditions, now: number, refused = false): boolean {
  return isInState(entry, conditions, now, refused) && matchesButState(entry, conditions, now);
}

/** Whether the session is in the state of the conditions, if they name one. */
export function isInState(entry: StoreEntry, { state }: Conditions, now: number, refused: boolean): boolean {
  return state === undefined || stateOfEntry(entry, now, refused) === state;
}

/** Whether the session meets all conditions other than the state. */
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

/** Whether the filter selects exactly the expired sessions. A store finds them without reading the rest. */
export function isCleanUp(filter: SessionFilter): boolean {
  return filter.state === 'expired' && Object.keys(filter).length === 1;
}

function isWithin(moment: number, now: number, distance: number): boolean {
  return moment > now && moment <= now + distance;
}
