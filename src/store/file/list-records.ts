import { dirname } from 'node:path';
import { BatchedList } from '../../base/batches.js';
import { isDenied, type StoreError } from '../../base/errors.js';
import { withRemedy } from '../../disk/fault.js';
import { assertIdPrefix, isSessionId, type StoreEntry } from '../contract.js';
import { isDeniedEntry } from '../denied.js';
import type { EndedSession } from '../tombstone-list.js';
import { statsOf } from './gaps.js';
import { recognize } from './layout.js';
import type { FileParts } from './parts.js';
import { deniedReason } from './unreadable.js';
import { inBatches, walk } from './walk.js';

/** The records whose ids begin with `prefix`. Lists only the folders that may have some, and none for a whole id. */
export function scanRecords(parts: FileParts, prefix: string): AsyncIterable<StoreEntry> {
  if (isSessionId(prefix)) return maybeOne(() => reading(parts, prefix, () => parts.records.entry(prefix)));
  return new BatchedList(() =>
    walkRecords(parts, (id) => namedEntry(parts, id), { begins: prefix, bytesOf }),
  );
}

/** The ids of the records whose files say that they expired by `at` (ms). Reads no record. */
export function expiredIds(parts: FileParts, at: number): AsyncIterable<string> {
  const expired = (id: string) => ((parts.records.mtime(id) ?? Number.POSITIVE_INFINITY) <= at ? id : null);
  return new BatchedList(() => walkRecords(parts, expired));
}

/** The records of a user; with `past`, also those that ended or expired. */
export function recordsOfUser(parts: FileParts, userId: string, past: boolean): AsyncIterable<StoreEntry> {
  return new BatchedList(() => inBatches(entriesOfUser(parts, userId, past), { bytesOf }));
}

/** Every tombstone. Takes no lock: one that is being written has the time of its file. */
export function listTombstones(parts: FileParts): AsyncIterable<EndedSession> {
  const pick = ({ prefix }: { prefix: string }, name: string) => {
    const file = recognize(prefix, name);
    if (file?.kind !== 'tombstone') return null;
    const tombstone = reading(parts, file.id, () => parts.tombstones.read(file.id));
    return tombstone && { id: file.id, tombstone };
  };
  return new BatchedList(() => walk(parts.disk.folders, parts.layout.folders(), pick));
}

/** Runs `work` and converts its system errors to `StoreError`s that name the session. */
export function reading<T>({ layout }: FileParts, id: string, work: () => T): T {
  return withRemedy(`cannot read session ${id} in ${layout.root}`, work);
}

function bytesOf({ bytes }: StoreEntry): number {
  return bytes;
}

/** Yields in batches what `pick` returns, except for nulls, for the records whose ids begin with `begins`. */
function walkRecords<T>(
  parts: FileParts,
  pick: (id: string) => T | null,
  { begins = '', bytesOf }: { begins?: string; bytesOf?: (item: T) => number } = {},
): AsyncGenerator<T[]> {
  const pickNamed = ({ prefix }: { prefix: string }, name: string) => {
    const file = recognize(prefix, name);
    if (file?.kind !== 'record' || !file.id.startsWith(begins)) return null;
    return reading(parts, file.id, () => pick(file.id));
  };
  const passes = (folder: string, fault: StoreError) => parts.gaps.passesFolder(folder, fault);
  return walk(parts.disk.folders, foldersOf(parts, begins), pickNamed, {
    passes,
    ...(bytesOf && { bytesOf }),
  });
}

/** The entry of a record whose name is known. Where its folder denies a look at it, it is one that may not be read. */
function namedEntry(
  { records, layout, gaps }: FileParts,
  id: string,
  look = () => records.entry(id),
): StoreEntry | null {
  try {
    return look();
  } catch (error) {
    if (!isDenied(error)) throw error;
    const stats = statsOf(dirname(layout.record(id)));
    gaps.noteSession(id, undefined, error);
    const unreadable = deniedReason('folder', stats);
    return { id, bytes: 0, record: null, unreadable, denied: true };
  }
}

function* foldersOf({ layout }: FileParts, begins: string): Generator<{ prefix: string; path: string }> {
  assertIdPrefix(begins);
  for (const folder of layout.folders()) {
    if (folder.prefix.startsWith(begins.slice(0, 2))) yield folder;
  }
}

/** Yields a null for each listed id without a record of this user. One that may not be read is the user's: the list says so. */
function* entriesOfUser(parts: FileParts, userId: string, past: boolean): Generator<StoreEntry | null> {
  const { gaps, index, records } = parts;
  const passes = (list: string, fault: unknown) => gaps.passesList(list, fault);
  for (const id of index.ids(userId, { past, passes })) {
    // Of a long list most records are gone, and `exists` is faster than opening a file.
    const look = () => (id !== null && records.exists(id) ? records.entry(id) : null);
    const entry = id === null ? null : reading(parts, id, () => namedEntry(parts, id, look));
    yield entry !== null && isOf(userId, entry) ? entry : null;
  }
}

function isOf(userId: string, entry: StoreEntry): boolean {
  return entry.record === null ? isDeniedEntry(entry) : entry.record.user?.id === userId;
}

async function* maybeOne<T>(find: () => T | null): AsyncGenerator<T> {
  const found = find();
  if (found !== null) yield found;
}
