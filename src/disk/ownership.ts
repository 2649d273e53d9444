import { fchmodSync, fchownSync, fstatSync } from 'node:fs';

/** Owner, group and mode of a file: a part of its stats. */
export interface Ownership {
  uid: number;
  gid: number;
  mode: number;
}

/**
 * Gives a new file the owner, group and permissions of the file that it will replace. No other user may have the new
 * file open yet. Changes only what differs: some file systems have one owner and one mode, and refuse every change.
 * @throws EPERM when the old file belongs to another user: only root can give files to others
 */
export function copyOwnership(fd: number, { uid, gid, mode }: Ownership): void {
  const own = fstatSync(fd);
  if (own.uid !== uid || own.gid !== gid) fchownSync(fd, uid, gid);
  if ((own.mode & 0o777) !== (mode & 0o777)) fchmodSync(fd, mode & 0o777);
}
