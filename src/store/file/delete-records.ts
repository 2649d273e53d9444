import { basename, dirname } from 'node:path';
import { Slice } from '../../base/slice.js';
import { storeFault } from '../../disk/fault.js';
import type { SettledRemoval } from '../bulk.js';
import { assertSessionId, type Removal, type SessionRecord } from '../contract.js';
import { isDeniedEntry, unreadableError } from '../denied.js';
import { lockSlot } from './layout.js';
import type { FileParts } from './parts.js';
import { inBatches } from './walk.js';

type Condition = (current: SessionRecord) => boolean;

/** What all steps of one call share. */
interface Deletion {
  parts: FileParts;
  when: Condition;
  /** Waits for the lock of a session. */
  deleteOne: (id: string) => Promise<Removal>;
  slice: Slice;
}

/**
 * Removes the records that meet `when`, folder by folder.
 * @param deleteOne waits for the lock of a session; for those of which a writer has one in hand
 */
export async function deleteRecords(
  parts: FileParts,
  ids: readonly string[],
  when: Condition,
  deleteOne: (id: string) => Promise<Removal>,
): Promise<SettledRemoval[]> {
  ids.forEach(assertSessionId);
  const deletion = { parts, when, deleteOne, slice: new Slice() };
  const settled: SettledRemoval[] = [];
  for (let from = 0; from < ids.length; ) {
    const folder = folderOf(parts, ids[from] as string);
    let to = from + 1;
    while (to < ids.length && folderOf(parts, ids[to] as string) === folder) to += 1;
    settled.push(...(await deleteSome(deletion, folder, ids.slice(from, to))));
    from = to;
  }
  return settled;
}

/**
 * Removes records of one folder. While a writer has a lock in their range, removes each half for itself, down to the one
 * session that the writer has: a busy server has some writer in most batches.
 */
async function deleteSome(
  deletion: Deletion,
  folder: string,
  ids: readonly string[],
): Promise<SettledRemoval[]> {
  const settled = await deleteLocked(deletion, folder, ids);
  if (settled !== null) return settled;
  if (deletion.slice.isOver()) await deletion.slice.next();
  if (ids.length === 1) return [await deletion.deleteOne(ids[0] as string).catch((error) => ({ error }))];
  const half = ids.length >> 1;
  const first = await deleteSome(deletion, folder, ids.slice(0, half));
  return [...first, ...(await deleteSome(deletion, folder, ids.slice(half)))];
}

/**
 * Holds one lock on the range of these sessions from the decision to the removal (I5). The lock excludes sections of this
 * process, too, so the work may wait: other threads remove the files, and a busy disk stops neither this process nor its next
 * decision. A process killed in between has removed some of the records.
 * @param ids neighbours, so that the range keeps few writers waiting
 * @returns null, with nothing done, when a writer holds a lock in the range
 */
async function deleteLocked(
  { parts, when, slice }: Deletion,
  folder: string,
  ids: readonly string[],
): Promise<SettledRemoval[] | null> {
  const slots = ids.map(lockSlot);
  try {
    return await parts.locks.during(Math.min(...slots), Math.max(...slots), async () => {
      const settled: SettledRemoval[] = [];
      // Without this, the look for candidates and the decisions on two batches would follow each other in one turn.
      await slice.next();
      const within = (work: () => void) => parts.disk.folders.pinned(folder, work);
      for await (const some of inBatches(decisions(parts, ids, when), { within, slice }))
        settled.push(...some);
      await removeDoomed(parts, folder, ids, settled);
      return settled;
    });
  } catch (error) {
    return ids.map((id) => failed(parts, id, error));
  }
}

function folderOf({ layout }: FileParts, id: string): string {
  return dirname(layout.record(id));
}

/** The result for each record; `removed` already says so of those that are to be removed. */
function* decisions(parts: FileParts, ids: readonly string[], when: Condition): Generator<SettledRemoval> {
  for (const id of ids) {
    try {
      yield decide(parts, id, when);
    } catch (error) {
      yield failed(parts, id, error);
    }
  }
}

function decide({ records }: FileParts, id: string, when: Condition): Removal {
  const entry = records.entry(id);
  if (entry === null) return { removed: false, record: null, bytes: 0 };
  if (isDeniedEntry(entry)) throw unreadableError(entry);
  const { record, bytes } = entry;
  const removed = record !== null && when(record);
  if (record !== null && !removed) records.correctMtime(record);
  return { removed, record, bytes };
}

async function removeDoomed(
  parts: FileParts,
  folder: string,
  ids: readonly string[],
  settled: SettledRemoval[],
): Promise<void> {
  const { disk, layout } = parts;
  const doomed = [...settled.keys()].filter((at) => (settled[at] as Partial<Removal>).removed);
  const names = doomed.map((at) => basename(layout.record(ids[at] as string)));
  const outcomes = await disk.removeEach(folder, names);
  doomed.forEach((at, n) => {
    const outcome = outcomes[n];
    if (outcome instanceof Error) settled[at] = failed(parts, ids[at] as string, outcome);
    else settled[at] = { ...(settled[at] as Removal), removed: outcome === true };
  });
}

function failed({ layout }: FileParts, id: string, error: unknown): SettledRemoval {
  return { error: storeFault(error, `cannot change session ${id} in ${layout.root}`) };
}
