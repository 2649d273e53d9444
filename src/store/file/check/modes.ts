import { fchmodSync, fstatSync, type Stats } from 'node:fs';
import { errorCode } from '../../../base/errors.js';
import { closeAfter, FOLDER, READ } from '../../../disk/open.js';
import { openFile } from '../../../disk/spare-files.js';
import type { FileParts } from '../parts.js';

/** What others must not do with a file: the group may read, as for a backup. */
export const FILE_BITS = 0o027;
/** What others must not do with a folder: its files have modes of their own. */
export const FOLDER_BITS = 0o022;

export function isOpen({ mode }: Stats, bits: number): boolean {
  // Windows has no such modes.
  return process.platform !== 'win32' && (mode & bits) !== 0;
}

/** A hard link in the store of another user may be a second name of any file of root's. */
function isTrapForRoot(stats: Stats): boolean {
  return process.geteuid?.() === 0 && stats.isFile() && stats.nlink > 1;
}

/** Takes these bits from the mode of a file or folder. Follows no link. Returns false when that is not permitted. */
export function closeToOthers({ disk }: FileParts, path: string, bits: number): boolean {
  const flags = bits === FOLDER_BITS ? FOLDER : READ;
  try {
    return disk.folders.within(path, (safe) =>
      closeAfter(openFile(safe, flags), (fd) => {
        const stats = fstatSync(fd);
        const { mode, uid } = stats;
        if (!disk.folders.isTrusted(uid) || isTrapForRoot(stats)) return false;
        fchmodSync(fd, mode & 0o7777 & ~bits);
        return true;
      }),
    );
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}
