import { errorCode, MoinSessionsError } from '../../base/errors.js';
import type { LockFile } from '../../disk/lock.js';
import { lockSlot } from './layout.js';
import type { RecordFiles } from './record-files.js';

interface Parts {
  locks: LockFile;
  records: RecordFiles;
}

/**
 * Replaces the file of a session that was saved all the time by its last line, if it has grown and nobody has the session's
 * lock. Ignores errors: the next save replaces the file, and reports what is wrong.
 */
export function shortenIdle({ locks, records }: Parts, id: string): void {
  try {
    locks.attempt(lockSlot(id), () => records.shorten(id));
  } catch (error) {
    if (!(error instanceof MoinSessionsError) && errorCode(error) === undefined) throw error;
  }
}
