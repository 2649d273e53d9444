import { errorCode, MoinSessionsError } from '../../base/errors.js';
import type { LockFile } from '../../disk/lock.js';
import type { DiskReader } from '../../disk/reader.js';
import { storable } from '../record.js';
import { type FileLayout, lockSlot } from './layout.js';
import { ROOM } from './record-file.js';
import type { RecordFiles } from './record-files.js';

interface Parts {
  disk: DiskReader;
  layout: FileLayout;
  locks: LockFile;
  records: RecordFiles;
}

/**
 * Replaces the file of a session that was saved all the time by its last line, if it has grown and nobody has the session's
 * lock. Ignores errors: the next save replaces the file, and reports what is wrong.
 */
export function shortenIdle({ disk, layout, locks, records }: Parts, id: string): void {
  const isLong = () => (disk.stats(layout.record(id))?.size ?? 0) > ROOM;
  try {
    if (!isLong()) return;
    locks.attempt(lockSlot(id), () => {
      if (isLong()) records.update(id, (record) => storable(id, record), false);
    });
  } catch (error) {
    if (!(error instanceof MoinSessionsError) && errorCode(error) === undefined) throw error;
  }
}
