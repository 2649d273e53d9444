import type { JsonObject } from '../../base/json.js';
import { own } from '../../base/own.js';
import type { StoreEntry } from '../../store/contract.js';
import { ALREADY, NEVER } from '../../store/session-record.js';
import { type SessionState, stateOfEntry } from '../lifecycle/state.js';

/**
 * A session as operators see it: the fields of spec 7, under the same names in every format. An unreadable session has
 * `id`, `state` and `bytes` alone; its other fields are null.
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
  /** Null also for a cookie that opens its session for ever, as in a MoinMoin wiki. */
  cookieExpires: Date | null;
  /** Null also for a record that no time removes, and for one that a purge may remove at any time, as in a MoinMoin wiki. */
  expires: Date | null;
  /** Who ended it before it expired; null for nobody. */
  endedBy: 'administrator' | 'user' | 'limit' | null;
  endedAt: Date | null;
  /** The reason that was given for operators. */
  endReason: string | null;
  /** The client of the last refresh, as far as `rememberClient` asks for it. */
  address: string | null;
  userAgent: string | null;
  url: string | null;
  /** The keys of its values. */
  keys: string[] | null;
  /** The stored size. */
  bytes: number;
}

type FieldType<V> = V extends Date
  ? 'date'
  : V extends number
    ? 'number'
    : V extends string
      ? 'text'
      : 'list';

/**
 * The fields of `SessionInfo` in the order in which operators see them, each with the type of its values. The compiler
 * refuses a missing field and a wrong type.
 */
export const SESSION_FIELDS = {
  id: 'text',
  kind: 'text',
  state: 'text',
  userId: 'text',
  userName: 'text',
  method: 'text',
  created: 'date',
  seen: 'date',
  cookieExpires: 'date',
  expires: 'date',
  endedBy: 'text',
  endedAt: 'date',
  endReason: 'text',
  address: 'text',
  userAgent: 'text',
  url: 'text',
  keys: 'list',
  bytes: 'number',
} as const satisfies { [F in keyof SessionInfo]: FieldType<NonNullable<SessionInfo[F]>> };

/** The names of the fields of a type: `FieldOf<'date'>`. */
export type FieldOf<T> = {
  [F in keyof SessionInfo]: (typeof SESSION_FIELDS)[F] extends T ? F : never;
}[keyof SessionInfo];

/** A session as `inspect` shows it. */
export interface SessionDetail extends SessionInfo {
  data: JsonObject | null;
  revision: number | null;
  /** Why the record cannot be read; absent for a readable one. */
  unreadable?: string;
  /** Why the session is refused: its user is disabled or gone, or its auth method left the chain. Absent for one that is not. */
  refused?: string;
}

export function describeEntry(entry: StoreEntry, now: number, refused: boolean): SessionInfo {
  const { id, bytes, record } = entry;
  const ended = record?.ended ?? null;
  return {
    id,
    kind: record?.kind ?? null,
    state: stateOfEntry(entry, now, refused),
    userId: record?.user?.id ?? null,
    userName: record?.user?.name ?? null,
    method: record?.user?.method ?? null,
    created: record && new Date(record.created),
    seen: record && new Date(record.seen),
    cookieExpires: record && expiryOf(record.cookieExpires),
    expires: record && expiryOf(record.expires),
    endedBy: ended?.by ?? null,
    endedAt: ended && new Date(ended.at),
    endReason: (ended && own(ended, 'reason')) ?? null,
    address: record?.client?.address ?? null,
    userAgent: record?.client?.userAgent ?? null,
    url: record?.client?.url ?? null,
    keys: record && Object.keys(record.data),
    bytes,
  };
}

function expiryOf(ms: number): Date | null {
  return ms === NEVER || ms === ALREADY ? null : new Date(ms);
}

/** @param reason why the session is refused, in words; null for one that is not, or where nobody asks */
export function describeDetail(
  entry: StoreEntry,
  now: number,
  refused: boolean,
  reason: string | null = null,
): SessionDetail {
  const { record } = entry;
  const detail = {
    ...describeEntry(entry, now, refused),
    ...(reason !== null && { refused: reason }),
    data: record?.data ?? null,
    revision: record?.revision ?? null,
  };
  return entry.record === null ? { ...detail, unreadable: entry.unreadable } : detail;
}
