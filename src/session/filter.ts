import type { StoreEntry } from '../store/contract.js';
import { stateOf } from './info.js';

/** Which sessions are meant. Every condition given must hold; none means all. */
export interface SessionFilter {
  /** Ids, whole. */
  ids?: readonly string[];
  /** A user's id or name. */
  user?: string;
  kind?: 'user' | 'anonymous';
  state?: 'active' | 'grace' | 'expired' | 'unreadable';
  /** Expires within so many ms from now, and has not yet. */
  expiresWithin?: number;
  /** Last seen at least so many ms ago. */
  idle?: number;
  /** Has a value under this key. */
  hasKey?: string;
}

/** Whether a session is meant. What cannot be read matches only by id, by state, or when nothing is asked. */
export function matches(entry: StoreEntry, filter: SessionFilter, now: number): boolean {
  const { ids, user, kind, state, expiresWithin, idle, hasKey } = filter;
  const { record } = entry;
  if (ids !== undefined && !ids.includes(entry.id)) return false;
  if (record === null) {
    const asked = [user, kind, expiresWithin, idle, hasKey].some((condition) => condition !== undefined);
    return !asked && (state === undefined || state === 'unreadable');
  }
  if (user !== undefined && record.user?.id !== user && record.user?.name !== user) return false;
  if (kind !== undefined && record.kind !== kind) return false;
  if (state !== undefined && stateOf(record, now) !== state) return false;
  if (expiresWithin !== undefined && !(record.expires > now && record.expires <= now + expiresWithin))
    return false;
  if (idle !== undefined && now - record.seen < idle) return false;
  return hasKey === undefined || Object.hasOwn(record.data, hasKey);
}
