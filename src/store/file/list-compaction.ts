import { closeSync } from 'node:fs';
import { isDiskFull, withRemedy } from '../../disk/fault.js';
import { readPart } from '../../disk/plain-file.js';
import type { SessionList } from './layout.js';
import {
  formatCompacted,
  formatEntries,
  type ListEntry,
  listStats,
  ownerDigest,
  readEntries,
} from './list-entries.js';
import type { FileParts } from './parts.js';
import { BLOCK } from './user-index.js';
import { paced } from './walk.js';

/** Keep the entry in its file, move it to the file of past sessions, or drop it. */
type Verdict = 'keep' | 'past' | 'drop';

/**
 * A list file as it was while its lock was held. The sections that wrote the entries up to `size` are over: each
 * record exists by now, or never will.
 */
interface Snapshot {
  fd: number;
  ino: number;
  size: number;
}

/** Compacts a user's list if it has doubled. Moves sessions that ended, or expired by `at` (ms), to the past ones. */
export async function compactIfDoubled(parts: FileParts, userId: string, at: number): Promise<void> {
  const { index, records } = parts;
  const list = index.listOf(userId);
  if (isDue(list.path)) await compact(parts, list, list.path, verdict);
  if (isDue(list.past)) await compact(parts, list, list.past, keepIfRecorded(parts));

  function isDue(path: string): boolean {
    return withRemedy(`cannot read ${path}`, () => index.claimCompaction(path));
  }

  function verdict({ owner, id }: ListEntry): Verdict {
    // Most records of a long list are gone, and `exists` is faster than opening a file.
    const entry = records.exists(id) ? records.entry(id) : null;
    if (entry === null) return 'drop';
    if (entry.record === null) return 'keep';
    const { user, ended, expires } = entry.record;
    if (user === null || ownerDigest(user.id) !== owner) return 'drop';
    return ended !== null || expires <= at ? 'past' : 'keep';
  }
}

/**
 * Drops entries without a record from both files of a list, where that frees disk space. A full disk has no space for the
 * shorter file: then this sweep leaves the list to the next one, and does not fail. Returns the number of dropped entries.
 */
export async function sweepList(parts: FileParts, list: SessionList): Promise<number> {
  let dropped = 0;
  for (const path of [list.path, list.past]) {
    dropped += await compact(parts, list, path, keepIfRecorded(parts), BLOCK).catch((error: unknown) => {
      if (isDiskFull(error)) return 0;
      throw error;
    });
  }
  return dropped;
}

function keepIfRecorded({ records }: FileParts): (entry: ListEntry) => Verdict {
  return ({ id }) => (records.exists(id) ? 'keep' : 'drop');
}

/**
 * Rewrites a list file by the verdicts on its entries. Many entries take long to judge, so that happens without the lock
 * and in slices. Writers append entries meanwhile; these stay. After each step every session is in at least one file (I3).
 * @param worth rewrite only if that saves this many bytes, or if no entry remains. Default 0: rewrite in any case, so that
 * the file says how large it is
 * @returns the number of dropped entries
 */
async function compact(
  parts: FileParts,
  list: SessionList,
  path: string,
  verdict: (entry: ListEntry) => Verdict,
  worth = 0,
): Promise<number> {
  const { disk, locks } = parts;
  const locked = <T>(work: () => T): Promise<T> =>
    locks.exclusive(list.slot, () => withRemedy(`cannot change ${path}`, work));
  const snapshot = await locked(() => snapshotOf(disk.open(path)));
  if (snapshot === null) return 0;
  try {
    const judged = await judge(snapshot, verdict);
    const saved = snapshot.size - formatEntries(judged.keep).length;
    if (saved < worth && judged.keep.length > 0) return 0;
    return (await locked(() => rewrite(parts, list, path, snapshot, judged))) ? judged.dropped : 0;
  } finally {
    closeSync(snapshot.fd);
  }
}

function snapshotOf(fd: number | null): Snapshot | null {
  if (fd === null) return null;
  try {
    const { ino, size } = listStats(fd);
    return { fd, ino, size };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

interface Judged {
  keep: ListEntry[];
  past: ListEntry[];
  /** The number of entries to drop, repeated ones counted once. */
  dropped: number;
}

async function judge({ fd, size }: Snapshot, verdict: (entry: ListEntry) => Verdict): Promise<Judged> {
  const seen = new Set<string>();
  const judged: Judged = { keep: [], past: [], dropped: 0 };
  for await (const entry of paced(flat(readEntries(fd, size)))) {
    const line = `${entry.owner} ${entry.id}`;
    if (seen.has(line)) continue;
    seen.add(line);
    const becomes = verdict(entry);
    if (becomes === 'drop') judged.dropped++;
    else judged[becomes].push(entry);
  }
  return judged;
}

function* flat<T>(chunks: Iterable<T[]>): Generator<T> {
  for (const chunk of chunks) yield* chunk;
}

/**
 * Returns false, with nothing done, when another process rewrote the file meanwhile: it has another inode number then. The
 * snapshot keeps the old file open, so a new file cannot get the same number.
 */
function rewrite(
  { disk, index }: FileParts,
  list: SessionList,
  path: string,
  snapshot: Snapshot,
  { keep, past }: Judged,
): boolean {
  const current = disk.stats(path);
  if (current?.ino !== snapshot.ino || current.size < snapshot.size) return false;
  if (past.length > 0) index.append(list.past, past);
  const added = readPart(snapshot.fd, snapshot.size, current.size).toString('latin1');
  const text = formatCompacted(keep, added);
  if (text === '') disk.remove(path);
  else disk.replace(path, text);
  index.noteCompacted(path, text.length);
  return true;
}
