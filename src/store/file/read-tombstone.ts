import { setTimeout as wait } from 'node:timers/promises';
import type { Tombstone } from '../contract.js';
import { lockSlot } from './layout.js';
import { reading } from './list-records.js';
import type { FileParts } from './parts.js';

/** Ms from one look to the next. A writer overwrites a file within a millisecond, or some more if it syncs the disk. */
const PAUSES: readonly number[] = [1, 2, 4, 8, 16, 32, 64];

/**
 * The tombstone, or null. Waits for a writer that has begun it: before its end it does not say which session follows, and a
 * request would delete the cookie that a rotation or a login has just set. After a killed writer its file's mtime counts.
 * @param mayLock false: looks again for a while instead of taking the session's lock, for which the lock file is written to
 * @throws StoreError also when another process holds the lock for too long
 */
export async function readTombstone(
  parts: FileParts,
  id: string,
  { mayLock }: { mayLock: boolean },
): Promise<Tombstone | null> {
  const { locks, tombstones } = parts;
  const look = () => reading(parts, id, () => tombstones.look(id));
  const read = () => reading(parts, id, () => tombstones.read(id));
  let found = look();
  if (found === 'unfinished' && mayLock) return locks.exclusive(lockSlot(id), read);
  for (const pause of PAUSES) {
    if (found !== 'unfinished') return found;
    await wait(pause);
    found = look();
  }
  return read();
}
