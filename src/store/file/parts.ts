import type { Durability } from '../../disk/durability.js';
import { LockFile } from '../../disk/lock.js';
import { DiskWriter } from '../../disk/writer.js';
import { FileLayout } from './layout.js';
import { RecordFiles } from './record-files.js';
import { UserIndex } from './user-index.js';

/** What the file store is made of; all of it works on one folder. */
export interface FileParts {
  layout: FileLayout;
  disk: DiskWriter;
  locks: LockFile;
  records: RecordFiles;
  index: UserIndex;
}

export function fileParts(root: string, durability: Durability): FileParts {
  const layout = new FileLayout(root);
  const disk = new DiskWriter(root, durability);
  const locks = new LockFile(layout.lock, () => disk.openShared(layout.lock));
  return { layout, disk, locks, records: new RecordFiles(disk, layout), index: new UserIndex(disk, layout) };
}
