import { dirname, join } from 'node:path';
import { BatchedList } from '../../base/batches.js';
import { StoreError } from '../../base/errors.js';
import { storeFault, withRemedy } from '../../disk/fault.js';
import type { SessionList } from './layout.js';
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
  const { disk, gaps, layout, tombstones } = parts;
  const pick = ({ prefix }: { prefix: string }, name: string) => {
    const file = recognize(prefix, name);
    return file === null || file.kind === 'record' ? null : { ...file, name };
  };
  const passes = (folder: string, fault: StoreError) => gaps.passesFolder(folder, fault);
  const others = walk(disk.folders, layout.folders(), pick, { passes });
  let removed = 0;
  for await (const { kind, id, name } of new BatchedList(() => others)) {
    const path = join(dirname(layout.record(id)), name);
    const isNeeded = () => kind === 'tombstone' && tombstones.holds(id, at);
    removed += await removeLocked(parts, faults, lockSlot(id), path, isNeeded);
  }
  return removed;
}

async function sweepLists(parts: FileParts, faults: StoreError[]): Promise<number> {
  const { disk, gaps, index, layout } = parts;
  let removed = 0;
  let names: string[];
  try {
    names = await namesIn(disk.folders, layout.users);
  } catch (error) {
    if (gaps.passesFolder(layout.users, error)) return 0;
    throw error;
  }
  for await (const list of paced(await index.lists()))
    removed += await collecting(faults, () => sweepReadable(parts, list));
  for (const name of names) {
    const list = listLeftover(name);
    if (list === null) continue;
    removed += await removeLocked(parts, faults, layout.list(list).slot, join(layout.users, name));
  }
  return removed;
}

/** Passes over a list that may not be read, or that names sessions in a folder which lets nobody look. */
async function sweepReadable(parts: FileParts, list: SessionList): Promise<number> {
  try {
    return await sweepList(parts, list);
  } catch (error) {
    const fault = storeFault(error, `cannot tidy ${list.path}`);
    const { path } = (fault.cause ?? {}) as NodeJS.ErrnoException;
    const folder = dirname(path ?? list.path);
    const isOfList = folder === dirname(list.path);
    if (isOfList ? parts.gaps.passesList(list.path, fault) : parts.gaps.passesFolder(folder, fault)) return 0;
    throw fault;
  }
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
