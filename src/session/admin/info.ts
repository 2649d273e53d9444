import type { JsonObject } from '../../base/json.js';
import type { StoreEntry } from '../../store/contract.js';
import { type SessionState, stateOfEntry } from '../lifecycle/state.js';

/**
 * A session as operators see it: the fields of spec 7, under these names in every format. Of an unreadable
 * one only `id`, `state` and `bytes` are known; the others are null.
 */
export interface SessionInfo {
  id: string;
  kind: 'user' | 'anonymous' | null;
  state: SessionState;
  userId: string | null;
  userName: string | null;
  method: string | null;
  created: Date | null;
  seen: Date | null;
  cookieExpires: Date | null;
  expires: Date | null;
  /** The names of the values in it. */
  keys: string[] | null;
  /** Stored size. */
  bytes: number;
}

/** All about one session, as `inspect` shows it. */
export interface SessionDetail extends SessionInfo {
  data: JsonObject | null;
  revision: number | null;
  /** Why it cannot be read, in words; absent when it can. */
  unreadable?: string;
}

export function describeEntry(entry: StoreEntry, now: number, refused: boolean): SessionInfo {
  const { id, bytes, record } = entry;
  return {
    id,
    kind: record?.kind ?? null,
    state: stateOfEntry(entry, now, refused),
    userId: record?.user?.id ?? null,
    userName: record?.user?.name ?? null,
    method: record?.user?.method ?? null,
    created: record && new Date(record.created),
    seen: record && new Date(record.seen),
    cookieExpires: record && new Date(record.cookieExpires),
    expires: record && new Date(record.expires),
    keys: record && Object.keys(record.data),
    bytes,
  };
}

export function describeDetail(entry: StoreEntry, now: number, refused: boolean): SessionDetail {
  const { record } = entry;
  const detail = {
    ...describeEntry(entry, now, refused),
    data: record?.data ?? null,
    revision: record?.revision ?? null,
  };
  return entry.record === null ? { ...detail, unreadable: entry.unreadable } : detail;
}
