import { dirname, join } from 'node:path';
import { BatchedList } from '../../base/batches.js';
import { StoreError } from '../../base/errors.js';
import { withRemedy } from '../../disk/fault.js';
import { isSecretLeftover, listLeftover, lockSlot, recognize, SECRET_SLOT } from './layout.js';
import { sweepList } from './list-compaction.js';
import type { FileParts } from './parts.js';
import { namesIn, paced, walk } from './walk.js';

/**
 * Removes temporary files, index entries without a record, and tombstones whose `until` is `at` (ms) or earlier; from other
 * tombstones what a killed writer left of the record.
 * Removes each under its writer's lock, because a writer at work also has a temporary file, or an entry without a record.
 * @returns how many files and entries it removed
 * @throws StoreError at the end, the first one, when something could not be removed
 */
export async function sweepFiles(parts: FileParts, at: number): Promise<number> {
  const faults: StoreError[] = [];
  let removed = 0;
  for (const sweep of [sweepRecordFolders, sweepLists, sweepSecret]) {
    removed += await collecting(faults, () => sweep(parts, faults, at));
  }
  if (faults[0] !== undefined) throw faults[0];
  return removed;
}

async function sweepRecordFolders(parts: FileParts, faults: StoreError[], at: number): Promise<number> {
  const { disk, layout, tombstones } = parts;
  const others = walk(disk.folders, layout.folders(), ({ prefix }, name) => {
    const file = recognize(prefix, name);
    return file === null || file.kind === 'record' ? null : { ...file, name };
  });
  let removed = 0;
  for await (const { kind, id, name } of new BatchedList(() => others)) {
    const path = join(dirname(layout.record(id)), name);
    const isNeeded = () => kind === 'tombstone' && tombstones.holds(id, at);
    removed += await removeLocked(parts, faults, lockSlot(id), path, isNeeded);
  }
  return removed;
}

async function sweepLists(parts: FileParts, faults: StoreError[]): Promise<number> {
  const { disk, index, layout } = parts;
  let removed = 0;
  for await (const list of paced(await index.lists()))
    removed += await collecting(faults, () => sweepList(parts, list));
  for (const name of await namesIn(disk.folders, layout.users)) {
    const list = listLeftover(name);
    if (list === null) continue;
    removed += await removeLocked(parts, faults, layout.list(list).slot, join(layout.users, name));
  }
  return removed;
}

async function sweepSecret(parts: FileParts, faults: StoreError[]): Promise<number> {
  const { disk, layout } = parts;
  let removed = 0;
  for (const name of (await namesIn(disk.folders, layout.root)).filter(isSecretLeftover)) {
    removed += await removeLocked(parts, faults, SECRET_SLOT, join(layout.root, name));
  }
  return removed;
}

/** Removes a file under a lock, unless it is needed. Returns how many files it removed. */
function removeLocked(
  { disk, locks }: FileParts,
  faults: StoreError[],
  slot: number,
  path: string,
  isNeeded = () => false,
): Promise<number> {
  const remove = () => Number(!isNeeded() && disk.remove(path));
  return collecting(faults, () => locks.exclusive(slot, () => withRemedy(`cannot remove ${path}`, remove)));
}

/** Collects the fault and returns 0 when `work` throws a `StoreError`: the sweep of other files goes on. */
async function collecting(faults: StoreError[], work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    faults.push(error);
    return 0;
  }
}
