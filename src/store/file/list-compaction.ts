import { closeSync } from 'node:fs';
import { isDiskFull, withRemedy } from '../../disk/fault.js';
import { plainStats, readPart } from '../../disk/plain-file.js';
import type { FileParts } from './parts.js';
import { asText, BLOCK, digest, type Entry, entriesIn, type List } from './user-index.js';
import { paced } from './walk.js';

/** What becomes of an entry: it stays in its list, goes over to the sessions that are over, or goes. */
type Verdict = 'keep' | 'past' | 'drop';

/** A file of a list as it was under its lock: whatever was added by then has its record, or never gets it. */
interface Snapshot {
  fd: number;
  ino: number;
  size: number;
}

/** Compacts a user's list if it has doubled; a session that had ended or expired by `at` (ms) is over. */
export async function compactIfOvergrown(parts: FileParts, userId: string, at: number): Promise<void> {
  const { index, records } = parts;
  const list = index.listOf(userId);
  if (index.isOvergrown(list.path)) await compact(parts, list, list.path, verdict);
  if (index.isOvergrown(list.past)) await compact(parts, list, list.past, recordIsThere(parts));

  function verdict({ owner, id }: Entry): Verdict {
    // Most of a long list is gone, which is seen sooner than by opening.
    const entry = records.exists(id) ? records.entry(id) : null;
    if (entry === null) return 'drop';
    if (entry.record === null) return 'keep';
    const { user, ended, expires } = entry.record;
    if (user === null || digest(user.id) !== owner) return 'drop';
    return ended !== null || expires <= at ? 'past' : 'keep';
  }
}

/**
 * Drops what has no record, from both files of a list, where that frees room on the disk. A full disk has none for the
 * shorter file either: that waits for the next sweep, and fails none. Gives how many entries went.
 */
export async function sweepList(parts: FileParts, list: List): Promise<number> {
  let gone = 0;
  for (const path of [list.path, list.past]) {
    gone += await compact(parts, list, path, recordIsThere(parts), BLOCK).catch((error: unknown) => {
      if (isDiskFull(error)) return 0;
      throw error;
    });
  }
  return gone;
}

function recordIsThere({ records }: FileParts): (entry: Entry) => Verdict {
  return ({ id }) => (records.exists(id) ? 'keep' : 'drop');
}

/**
 * Rewrites a file of a list by what is found of its entries. To look at them takes long where they are many, so it is
 * done without the lock and in slices; what is added meanwhile comes behind what was looked at, and stays. Each step
 * leaves every session listed, in one file at least (I3).
 * @param worth bytes that have to be saved, else nothing is done unless nothing is left
 * @returns how many entries went
 */
async function compact(
  parts: FileParts,
  list: List,
  path: string,
  verdict: (entry: Entry) => Verdict,
  worth = 0,
): Promise<number> {
  const { disk, locks } = parts;
  const alone = <T>(work: () => T): Promise<T> =>
    locks.exclusive(list.slot, () => withRemedy(`cannot change ${path}`, work));
  const snapshot = await alone(() => snapshotOf(disk.open(path)));
  if (snapshot === null) return 0;
  try {
    const judged = await judgedIn(snapshot, verdict);
    const gone = judged.count - judged.keep.length - judged.past.length;
    const saved = snapshot.size - asText(judged.keep).length;
    if (saved === 0 || (saved < worth && judged.keep.length > 0)) return 0;
    return (await alone(() => rewrite(parts, list, path, snapshot, judged))) ? gone : 0;
  } finally {
    closeSync(snapshot.fd);
  }
}

function snapshotOf(fd: number | null): Snapshot | null {
  if (fd === null) return null;
  try {
    const { ino, size } = plainStats(fd);
    return { fd, ino, size };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

interface Judged {
  /** Entries that were there, repeated ones once. */
  count: number;
  keep: Entry[];
  past: Entry[];
}

async function judgedIn({ fd, size }: Snapshot, verdict: (entry: Entry) => Verdict): Promise<Judged> {
  const seen = new Set<string>();
  const judged: Judged = { count: 0, keep: [], past: [] };
  for await (const entry of paced(singly(entriesIn(fd, size)))) {
    const line = `${entry.owner} ${entry.id}`;
    if (seen.has(line)) continue;
    seen.add(line);
    judged.count++;
    const becomes = verdict(entry);
    if (becomes !== 'drop') judged[becomes].push(entry);
  }
  return judged;
}

function* singly(chunks: Iterable<Entry[]>): Generator<Entry> {
  for (const entries of chunks) yield* entries;
}

/** False, and nothing done, when somebody else has rewritten it meanwhile: the open file keeps its number from being used again. */
function rewrite(
  { disk, index }: FileParts,
  list: List,
  path: string,
  snapshot: Snapshot,
  { keep, past }: Judged,
): boolean {
  const now = disk.stats(path);
  if (now?.ino !== snapshot.ino || now.size < snapshot.size) return false;
  if (past.length > 0) index.append(list.past, past);
  const text = asText(keep) + readPart(snapshot.fd, snapshot.size, now.size).toString('latin1');
  if (text === '') disk.remove(path);
  else disk.replace(path, text);
  index.noteCompacted(path, text.length);
  return true;
}
