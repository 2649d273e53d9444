import type { Stats } from 'node:fs';

/** Ms. File systems count time in steps of some milliseconds: two writes this close may leave the same stamp. */
const TICK = 50;
/** Ms. Some count whole seconds: ext3, and ext4 with inodes of 128 bytes. */
const COARSE_TICK = 2000;

/** What tells two states of a file apart. Each change of a file changes its `ctime`, which nobody can set. */
export type FileStamp = Pick<Stats, 'dev' | 'ino' | 'size' | 'mtimeMs' | 'ctimeMs'>;

/** The state in which a writer has left a file: known without another look at it. */
export interface LeftState {
  dev: number;
  ino: number;
  size: number;
  /** Ms. If nobody has changed the file since, its `ctime` is not later. */
  latest: number;
}

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

/** Whether a file is in the state in which a writer has left it. The caller compares the `mtime` that the writer has set. */
export function isAsLeft(left: LeftState, now: FileStamp): boolean {
  return now.ctimeMs <= left.latest && now.size === left.size && now.ino === left.ino && now.dev === left.dev;
}

/** Whether the file's next change after `now` (ms) leaves another stamp. */
export function isSettled({ ctimeMs }: FileStamp, now: number): boolean {
  return ctimeMs < now - (ctimeMs % 1000 === 0 ? COARSE_TICK : TICK);
}
