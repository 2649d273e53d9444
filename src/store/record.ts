import { UnreadableRecordError } from '../base/errors.js';
import { DEEPEST, isDeeperThan, isJsonObject } from '../base/json.js';
import { own } from '../base/own.js';
import { isSessionId, type SessionRecord, type Tombstone } from './contract.js';

/** The format version that is written and read here. A record of a newer version is unreadable, and stays (I4). */
export const RECORD_VERSION = 1;

/** Levels of a record: those of a value in it, the data around it, and the record itself. */
const DEEPEST_RECORD = DEEPEST + 2;
const TOO_DEEP = `it is nested deeper than the ${DEEPEST} levels that a value may have`;

/**
 * For stores: parses the text that `storable` made, of this version or an earlier one. It checks every field.
 * @param id the id under which the text is stored; a record of another id is refused
 * @throws UnreadableRecordError that names the first flaw and quotes no data (I4)
 */
export function parseRecord(id: string, text: string): SessionRecord {
  return checkedRecord(id, parseJson(id, text), text.length);
}

/**
 * The same for a text that is parsed already.
 * @param length the number of its characters
 */
export function checkedRecord(id: string, stored: unknown, length: number): SessionRecord {
  // Each level has a bracket at both ends, so a shorter text cannot be too deep.
  if (length > 2 * DEEPEST_RECORD && isDeeperThan(DEEPEST_RECORD, stored))
    throw new UnreadableRecordError(id, TOO_DEEP);
  const flaw = flawOf(id, stored);
  if (flaw !== null) throw new UnreadableRecordError(id, flaw);
  return complete(stored as SessionRecord);
}

/** What `storable` makes of a record. */
export interface Storable {
  /** What `parseRecord` will give of the text: a copy, which an `update` may return. */
  record: SessionRecord;
  /** JSON on one line. */
  text: string;
}

/**
 * For stores: converts a record to the text to store under `id`, and to the copy that readers will get. Call it in `create`,
 * and in `update` on what `change` returned, with the new revision.
 * @throws TypeError when that copy is not a record under this id: no store accepts what it could not give back
 */
export function storable(id: string, record: SessionRecord): Storable {
  const text = textOf(id, record);
  return { record: storableRecord(id, JSON.parse(text)), text };
}

/**
 * As `storable`, but the record itself instead of a copy. It holds nothing but JSON, and nobody changes a part of it any more.
 * @throws TypeError as `storable`
 */
export function storableItself(id: string, record: SessionRecord): Storable {
  const whole = complete(record);
  return { record: storableRecord(id, whole), text: textOf(id, whole) };
}

function storableRecord(id: string, record: unknown): SessionRecord {
  const flaw = flawOf(id, record);
  if (flaw !== null) throw unstorable(id, flaw);
  return record as SessionRecord;
}

/** JSON. @throws TypeError when it is too deep, or a cycle */
function textOf(id: string, record: SessionRecord): string {
  try {
    const text = JSON.stringify(complete(record));
    // Each level has a bracket at both ends, so a shorter text cannot be too deep.
    if (text.length <= 2 * DEEPEST_RECORD || !isDeeperThan(DEEPEST_RECORD, record)) return text;
  } catch (error) {
    if (!isDeeperThan(DEEPEST_RECORD, record)) throw error;
  }
  throw unstorable(id, TOO_DEEP);
}

/** The record with the fields that records from before lack. */
function complete(record: SessionRecord): SessionRecord {
  return own(record, 'client') === undefined ? { ...record, client: null } : record;
}

function unstorable(id: string, flaw: string): TypeError {
  return new TypeError(`this cannot be stored as session ${id}: ${flaw}`);
}

/**
 * For stores: parses a tombstone that was stored as JSON; null when it is not one. Leaves out a successor that is not a
 * session id (I6), and a text that is none.
 */
export function parseTombstone(text: string): Tombstone | null {
  try {
    return checkedTombstone(JSON.parse(text));
  } catch {
    return null;
  }
}

/** The same for a text that is parsed already. */
export function checkedTombstone(stored: unknown): Tombstone | null {
  const tombstone = stored as Tombstone;
  if (!isJsonObject(tombstone) || !isTime(tombstone.at) || !isTime(tombstone.until)) return null;
  const { successor, text: _, ...rest } = tombstone;
  const given = own(tombstone, 'text');
  return {
    ...rest,
    ...(isSessionId(successor) && { successor }),
    ...(typeof given === 'string' && { text: given }),
  };
}

/** @throws UnreadableRecordError without the parser's own message, which quotes data */
function parseJson(id: string, text: string): unknown {
  if (text === '') throw new UnreadableRecordError(id, 'it is empty');
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableRecordError(id, 'it is not JSON, or only the beginning of it');
  }
}

function flawOf(id: string, stored: unknown): string | null {
  if (!isJsonObject(stored)) return 'it is not a JSON object';
  const record = stored as unknown as SessionRecord;
  if (record.version !== RECORD_VERSION) return flawOfVersion(record.version);
  if (record.id !== id) return 'it names another id than the one it is stored under';
  if (!isTime(record.created)) return "'created' is not a time in milliseconds";
  if (!isTime(record.seen)) return "'seen' is not a time in milliseconds";
  if (!isTime(record.cookieExpires)) return "'cookieExpires' is not a time in milliseconds";
  if (!isTime(record.expires)) return "'expires' is not a time in milliseconds";
  if (!Number.isSafeInteger(record.revision) || record.revision < 1)
    return "'revision' is not a count from 1";
  if (typeof record.remember !== 'boolean') return "'remember' is neither true nor false";
  if (!isJsonObject(record.data)) return "'data' is not a JSON object";
  return flawOfOwner(record) ?? flawOfEnd(record) ?? flawOfClient(record) ?? flawOfOrigin(record);
}

function flawOfVersion(version: unknown): string {
  if (typeof version === 'number' && version > RECORD_VERSION) {
    return `it has format version ${version}, newer than ${RECORD_VERSION}, the newest known here: upgrade moin-sessions`;
  }
  return 'it has no known format version';
}

function flawOfOwner({ kind, user }: SessionRecord): string | null {
  if (kind === 'anonymous') return user === null ? null : "it is anonymous and yet has a 'user'";
  if (kind !== 'user') return "'kind' is neither user nor anonymous";
  const isOwner =
    isJsonObject(user) &&
    typeof user.id === 'string' &&
    typeof user.name === 'string' &&
    typeof user.method === 'string';
  return isOwner ? null : "'user' lacks id, name or method";
}

function flawOfEnd({ ended }: SessionRecord): string | null {
  if (ended === null) return null;
  if (!isJsonObject(ended) || !isTime(ended.at) || typeof ended.by !== 'string')
    return "'ended' is neither null nor a time and a cause";
  const reason = own(ended, 'reason');
  return reason === undefined || typeof reason === 'string' ? null : "'ended' has a reason that is no text";
}

/** Records from before have no `client`. */
function flawOfClient(record: SessionRecord): string | null {
  const client = own(record, 'client');
  if (client === undefined || client === null) return null;
  const isText = (value: unknown) => value === null || typeof value === 'string';
  const isClient = isJsonObject(client) && [client.address, client.userAgent, client.url].every(isText);
  return isClient ? null : "'client' is neither null nor address, userAgent and url";
}

function flawOfOrigin(record: SessionRecord): string | null {
  const origin = own(record, 'origin');
  return origin === undefined || isSessionId(origin) ? null : "'origin' is not a session id";
}

/** The range of times that a `Date` can show. */
function isTime(value: unknown): boolean {
  return Number.isSafeInteger(value) && Math.abs(value as number) <= 8.64e15;
}
