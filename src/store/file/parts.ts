import type { Durability } from '../../disk/durability.js';
import { LockFile } from '../../disk/lock.js';
import { DiskWriter } from '../../disk/writer.js';
import { FileGaps } from './gaps.js';
import { shortenIdle } from './idle-record.js';
import { FileLayout } from './layout.js';
import { RecordFiles } from './record-files.js';
import { TombstoneFiles } from './tombstone-files.js';
import { UserIndex } from './user-index.js';

/** Key under which a file store gives its parts to a check. */
export const FILE_PARTS: unique symbol = Symbol('moin-sessions.file-parts');

/** The parts of a file store. All work on the same folder. */
export interface FileParts {
  layout: FileLayout;
  disk: DiskWriter;
  locks: LockFile;
  records: RecordFiles;
  tombstones: TombstoneFiles;
  index: UserIndex;
  gaps: FileGaps;
}

export function fileParts(root: string, durability: Durability): FileParts {
  const layout = new FileLayout(root);
  const disk = new DiskWriter(root, durability);
  const gaps = new FileGaps(layout, disk.folders);
  const parts: FileParts = {
    layout,
    disk,
    locks: new LockFile(layout.lock, () => openedLock(disk, layout.lock)),
    records: new RecordFiles(disk, layout, gaps, (id) => shortenIdle(parts, id)),
    tombstones: new TombstoneFiles(disk, layout),
    index: new UserIndex(disk, layout),
    gaps,
  };
  return parts;
}

/** The lock file in the folder that has the store's name now: another one may have taken its place. */
function openedLock(disk: DiskWriter, path: string): number {
  disk.folders.letGo();
  return disk.openShared(path);
}
