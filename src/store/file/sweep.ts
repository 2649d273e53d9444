import { dirname, join } from 'node:path';
import { StoreError } from '../../base/errors.js';
import { withRemedy } from '../../disk/fault.js';
import { isSecretLeftover, listLeftover, lockSlot, recognize, SECRET_SLOT } from './layout.js';
import { sweepList } from './list-compaction.js';
import type { FileParts } from './parts.js';
import { namesIn, paced, walk } from './walk.js';

/**
 * Removes what crashes left behind, and tombstones until `at`. Each under the lock that a writer holds for as long as its
 * temporary file, or an index entry without a record, may be there.
 * @throws StoreError, the first of all, when the rest is done.
 */
export async function sweepFiles(parts: FileParts, at: number): Promise<number> {
  const faults: StoreError[] = [];
  let gone = 0;
  for (const sweep of [sweepRecordFolders, sweepLists, sweepSecret]) {
    gone += await guarded(faults, () => sweep(parts, faults, at));
  }
  if (faults[0] !== undefined) throw faults[0];
  return gone;
}

async function sweepRecordFolders(parts: FileParts, faults: StoreError[], at: number): Promise<number> {
  const { disk, layout, records } = parts;
  const beside = walk(disk.folders, layout.folders(), ({ prefix }, name) => {
    const file = recognize(prefix, name);
    return file === null || file.kind === 'record' ? null : { ...file, name };
  });
  let gone = 0;
  for await (const { kind, id, name } of beside) {
    const path = join(dirname(layout.record(id)), name);
    const isNeeded = () => kind === 'tombstone' && (records.tombstone(id)?.until ?? at) > at;
    gone += await removeAlone(parts, faults, lockSlot(id), path, isNeeded);
  }
  return gone;
}

async function sweepLists(parts: FileParts, faults: StoreError[]): Promise<number> {
  const { disk, index, layout } = parts;
  let gone = 0;
  for await (const list of paced(index.lists())) gone += await guarded(faults, () => sweepList(parts, list));
  for (const name of namesIn(disk.folders, layout.users)) {
    const leftOf = listLeftover(name);
    if (leftOf === null) continue;
    gone += await removeAlone(parts, faults, index.list(leftOf).slot, join(layout.users, name));
  }
  return gone;
}

async function sweepSecret(parts: FileParts, faults: StoreError[]): Promise<number> {
  const { disk, layout } = parts;
  let gone = 0;
  for (const name of namesIn(disk.folders, layout.root).filter(isSecretLeftover)) {
    gone += await removeAlone(parts, faults, SECRET_SLOT, join(layout.root, name));
  }
  return gone;
}

function removeAlone(
  { disk, locks }: FileParts,
  faults: StoreError[],
  slot: number,
  path: string,
  isNeeded = () => false,
): Promise<number> {
  const remove = () => Number(!isNeeded() && disk.remove(path));
  return guarded(faults, () => locks.exclusive(slot, () => withRemedy(`cannot remove ${path}`, remove)));
}

/** 0, and one more fault, where `work` fails: what cannot be swept keeps nothing else from it. */
async function guarded(faults: StoreError[], work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    faults.push(error);
    return 0;
  }
}
