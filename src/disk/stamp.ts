import type { Stats } from 'node:fs';

/** Ms. File systems count time in steps of some milliseconds: two writes this close may leave the same stamp. */
const TICK = 50;
/** Ms. Some count whole seconds: ext3, and ext4 with inodes of 128 bytes. */
const COARSE_TICK = 2000;

/** What tells two states of a file apart. Each change of a file changes its `ctime`, which nobody can set. */
export type FileStamp = Pick<Stats, 'dev' | 'ino' | 'size' | 'mtimeMs' | 'ctimeMs'>;

/** Whether two stamps are equal: numbers of this size have a quarter of a microsecond. */
export function isSameStamp(one: FileStamp, other: FileStamp): boolean {
  return (
    one.ctimeMs === other.ctimeMs &&
    one.mtimeMs === other.mtimeMs &&
    one.size === other.size &&
    one.ino === other.ino &&
    one.dev === other.dev
  );
}

/** Whether the file's next change after `now` (ms) leaves another stamp. */
export function isSettled({ ctimeMs }: FileStamp, now: number): boolean {
  return ctimeMs < now - (ctimeMs % 1000 === 0 ? COARSE_TICK : TICK);
}
