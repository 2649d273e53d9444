import { fchmodSync, fchownSync, fstatSync } from 'node:fs';

/** Whose a file is, and who may do what with it: a part of what `stat` tells. */
export interface Ownership {
  uid: number;
  gid: number;
  mode: number;
}

/**
 * Gives a new file, which nobody but us may open yet, the owner, group and permissions of the one that it is to replace.
 * Changes only what differs: some file systems know one owner and one mode, and refuse every change.
 * @throws EPERM where that one belongs to somebody else, and only root could give the new one to them
 */
export function takeAfter(fd: number, { uid, gid, mode }: Ownership): void {
  const own = fstatSync(fd);
  if (own.uid !== uid || own.gid !== gid) fchownSync(fd, uid, gid);
  if ((own.mode & 0o777) !== (mode & 0o777)) fchmodSync(fd, mode & 0o777);
}
