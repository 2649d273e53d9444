import { UnreadableRecordError } from '../../base/errors.js';
import type { DeleteOptions, Removal, SessionRecord, StoreEntry } from '../contract.js';
import { parseRecord, type Storable, storable } from '../record.js';
import { type Cell, EMPTY } from './cell.js';

/** What becomes of a cell, and until when (ms) Redis keeps it; null: for ever. */
export interface NextCell {
  cell: Cell;
  until: number | null;
  /** It ends a session, or takes away what is over: a full Redis does it, too. */
  isEnd: boolean;
}

/** What to do with a cell: without `next` it stays as it is. */
export interface Decision<T> {
  next?: NextCell;
  result: T;
}

/** The contract of `SessionStore`, as decisions about one cell. */
export function creation(
  { tombstone, text }: Cell,
  { record, text: added }: Storable,
): Decision<'created' | 'exists' | 'gone'> {
  if (tombstone !== null && tombstone.until > record.seen) return { result: 'gone' };
  if (text !== null) return { result: 'exists' };
  return {
    next: { cell: { tombstone: null, text: added }, until: record.expires, isEnd: false },
    result: 'created',
  };
}

/** The record of before, and the new one; null where there is none, or nothing is to change. */
export interface Updated {
  before: Pick<SessionRecord, 'user' | 'expires' | 'seen'> | null;
  after: SessionRecord | null;
}

/** @throws UnreadableRecordError, and what `change` throws */
export function updating(
  id: string,
  { tombstone, text }: Cell,
  change: (current: SessionRecord) => SessionRecord | null,
): Decision<Updated> {
  if (tombstone !== null || text === null) return { result: { before: null, after: null } };
  const current = parseRecord(id, text);
  const { user, expires, seen, revision } = current;
  const before = { user: user && { ...user }, expires, seen };
  const changed = change(current);
  if (changed === null) return { result: { before, after: null } };
  const stored = storable(id, { ...changed, revision: revision + 1 });
  const { expires: until, ended } = stored.record;
  const next = { cell: { tombstone: null, text: stored.text }, until, isEnd: ended !== null };
  return { next, result: { before, after: stored.record } };
}

/** Removes what is not there: a store that cannot write says so, also to `sessions.open`, which removes nobody's session. */
const NONE: NextCell = { cell: EMPTY, until: 0, isEnd: true };

/** @throws what `when` throws */
export function deletion(
  id: string,
  { tombstone: earlier, text }: Cell,
  { when, tombstone, keepUnreadable }: DeleteOptions,
): Decision<Removal> {
  const entry = entryOf(id, text);
  const kept: Removal = { removed: false, record: entry?.record ?? null, bytes: entry?.bytes ?? 0 };
  if (entry !== null && when !== undefined && (entry.record === null || !when(entry.record)))
    return { result: kept };
  const isKnown = entry === null && earlier?.successor !== undefined;
  const latest = tombstone === undefined || isKnown ? earlier : tombstone;
  if (keepUnreadable && entry !== null && entry.record === null)
    return { next: { cell: { tombstone: latest, text }, until: null, isEnd: true }, result: kept };
  const result = { ...kept, removed: entry !== null };
  if (latest === earlier && entry === null)
    return earlier === null && when === undefined ? { next: NONE, result } : { result };
  return {
    next: { cell: { tombstone: latest, text: null }, until: latest?.until ?? 0, isEnd: true },
    result,
  };
}

/** Takes a tombstone away whose time is over. */
export function sweeping(id: string, { tombstone, text }: Cell, at: number): Decision<boolean> {
  if (tombstone === null || tombstone.until > at) return { result: false };
  const cell = text === null ? EMPTY : { tombstone: null, text };
  return { next: { cell, until: entryOf(id, text)?.record?.expires ?? null, isEnd: true }, result: true };
}

/** The record in a cell as a list gives it; null when there is none. */
export function entryOf(id: string, text: string | null): StoreEntry | null {
  if (text === null) return null;
  const bytes = Buffer.byteLength(text);
  try {
    return { id, bytes, record: parseRecord(id, text) };
  } catch (error) {
    if (!(error instanceof UnreadableRecordError)) throw error;
    return { id, bytes, record: null, unreadable: error.reason };
  }
}
