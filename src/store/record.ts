import { UnreadableRecordError } from '../base/errors.js';
import { DEEPEST, isDeeperThan, isJsonObject } from '../base/json.js';
import { isSessionId, type SessionRecord, type Tombstone } from './contract.js';

/** The one format of records that this version writes; it reads no newer one (I4: it leaves that alone). */
const RECORD_VERSION = 1;

/** Levels of a record: those of a value in it, the data around it, and the record itself. */
const DEEPEST_RECORD = DEEPEST + 2;
const TOO_DEEP = `it is nested deeper than the ${DEEPEST} levels that a value may have`;

/**
 * The record in what was stored under `id` (JSON already parsed), checked field by field.
 * @throws UnreadableRecordError naming the first thing that is wrong.
 */
function decodeRecord(id: string, stored: unknown): SessionRecord {
  const wrong = whatIsWrong(id, stored);
  if (wrong !== null) throw new UnreadableRecordError(id, wrong);
  return stored as SessionRecord;
}

/**
 * The record in a text of JSON.
 * @throws UnreadableRecordError when it is no JSON or no record.
 */
export function parseRecord(id: string, text: string): SessionRecord {
  const stored = parseJson(id, text);
  // Each level has a bracket at both ends: a shorter text need not be looked through.
  if (text.length > 2 * DEEPEST_RECORD && isDeeperThan(DEEPEST_RECORD, stored))
    throw new UnreadableRecordError(id, TOO_DEEP);
  return decodeRecord(id, stored);
}

/** A record, and the very text that it is stored as. */
export interface Storable {
  record: SessionRecord;
  text: string;
}

/**
 * What a reader will get of `record` once it is stored under `id`: a copy, as JSON keeps it.
 * @throws TypeError when that would be no record, so that no store takes what it could not give back.
 */
export function storable(id: string, record: SessionRecord): Storable {
  if (isDeeperThan(DEEPEST_RECORD, record)) throw unstorable(id, TOO_DEEP);
  const text = JSON.stringify(record);
  const copy: unknown = JSON.parse(text);
  const wrong = whatIsWrong(id, copy);
  if (wrong !== null) throw unstorable(id, wrong);
  return { record: copy as SessionRecord, text };
}

function unstorable(id: string, wrong: string): TypeError {
  return new TypeError(`this cannot be stored as session ${id}: ${wrong}`);
}

/** The tombstone in a text of JSON, or null when there is none in it. A successor that is no id is left out (I6). */
export function parseTombstone(text: string): Tombstone | null {
  try {
    const tombstone = JSON.parse(text) as Tombstone;
    if (!isJsonObject(tombstone) || !isTime(tombstone.at) || !isTime(tombstone.until)) return null;
    const { successor, ...rest } = tombstone;
    return isSessionId(successor) ? { ...rest, successor } : rest;
  } catch {
    return null;
  }
}

/** @throws UnreadableRecordError when it is no JSON. The parser's own message is kept out: it quotes data. */
function parseJson(id: string, text: string): unknown {
  if (text === '') throw new UnreadableRecordError(id, 'it is empty');
  try {
    return JSON.parse(text);
  } catch {
    throw new UnreadableRecordError(id, 'it is not JSON, or only the beginning of it');
  }
}

function whatIsWrong(id: string, stored: unknown): string | null {
  if (!isJsonObject(stored)) return 'it is not a JSON object';
  const record = stored as unknown as SessionRecord;
  if (record.version !== RECORD_VERSION) return wrongVersion(record.version);
  if (record.id !== id) return 'it names another id than the one it is stored under';
  if (!isTime(record.created)) return "'created' is not a time in milliseconds";
  if (!isTime(record.seen)) return "'seen' is not a time in milliseconds";
  if (!isTime(record.cookieExpires)) return "'cookieExpires' is not a time in milliseconds";
  if (!isTime(record.expires)) return "'expires' is not a time in milliseconds";
  if (!Number.isSafeInteger(record.revision) || record.revision < 1)
    return "'revision' is not a count from 1";
  if (typeof record.remember !== 'boolean') return "'remember' is neither true nor false";
  if (!isJsonObject(record.data)) return "'data' is not a JSON object";
  return wrongOwner(record) ?? wrongEnd(record);
}

function wrongVersion(version: unknown): string {
  if (typeof version === 'number' && version > RECORD_VERSION) {
    return `it has format version ${version}, newer than ${RECORD_VERSION}, the newest known here: upgrade moin-sessions`;
  }
  return 'it has no known format version';
}

function wrongOwner({ kind, user }: SessionRecord): string | null {
  if (kind === 'anonymous') return user === null ? null : "it is anonymous and yet has a 'user'";
  if (kind !== 'user') return "'kind' is neither user nor anonymous";
  const complete =
    isJsonObject(user) &&
    typeof user.id === 'string' &&
    typeof user.name === 'string' &&
    typeof user.method === 'string';
  return complete ? null : "'user' lacks id, name or method";
}

function wrongEnd({ ended }: SessionRecord): string | null {
  if (ended === null || (isJsonObject(ended) && isTime(ended.at) && typeof ended.by === 'string'))
    return null;
  return "'ended' is neither null nor a time and a cause";
}

/** The range of times that a `Date` can show. */
function isTime(value: unknown): boolean {
  return Number.isSafeInteger(value) && Math.abs(value as number) <= 8.64e15;
}
