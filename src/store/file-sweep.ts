import { dirname, join } from 'node:path';
import { StoreError } from '../errors.js';
import { withRemedy } from './fault.js';
import { isSecretLeftover, listLeftover, lockSlot, recognize, SECRET_SLOT } from './file-layout.js';
import type { FileParts } from './file-parts.js';
import { namesIn, paced, walk } from './walk.js';

/**
 * Removes what crashes left behind, and traces until `at`. Each under the lock that a writer holds for as long as its
 * temporary file, or an index entry without a record, may be there.
 * @throws StoreError, the first of all, when the rest is done.
 */
export async function sweepFiles(parts: FileParts, at: number): Promise<number> {
  const { disk, index, layout, locks, records } = parts;
  let gone = 0;
  let fault: StoreError | null = null;
  const alone = async (slot: number, path: string, remove: () => boolean | number): Promise<void> => {
    try {
      gone += Number(await locks.exclusive(slot, () => withRemedy(`cannot remove ${path}`, remove)));
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      fault ??= error;
    }
  };
  const beside = walk(layout.folders(), ({ prefix }, name) => {
    const file = recognize(prefix, name);
    return file === null || file.kind === 'record' ? null : { ...file, name };
  });
  for await (const { kind, id, name } of beside) {
    const path = join(dirname(layout.record(id)), name);
    await alone(lockSlot(id), path, () => {
      if (kind === 'trace' && (records.trace(id)?.until ?? at) > at) return false;
      return disk.remove(path);
    });
  }
  for await (const list of paced(index.lists())) {
    await alone(list.slot, list.path, () => index.compact(list, (id) => !records.exists(id)));
  }
  for (const name of namesIn(layout.users)) {
    const leftOf = listLeftover(name);
    if (leftOf === null) continue;
    const path = join(layout.users, name);
    await alone(index.list(leftOf).slot, path, () => disk.remove(path));
  }
  for (const name of namesIn(layout.root).filter(isSecretLeftover)) {
    const path = join(layout.root, name);
    await alone(SECRET_SLOT, path, () => disk.remove(path));
  }
  if (fault !== null) throw fault;
  return gone;
}
