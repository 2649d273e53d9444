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

/**
 * Whether the owner of a store could have root change a file that is not of it: by a hard link, which may be a second name of
 * any file, or by a file of somebody else that was moved there.
 */
export function isTrapForRoot({ disk }: FileParts, stats: Stats): boolean {
  if (process.geteuid?.() !== 0 || !stats.isFile()) return false;
  return stats.nlink > 1 || stats.uid !== disk.folders.root?.uid;
}

/** Whether `--fix` may change mode and time of it: for root, of what is the store's owner's; for another user, of their own. */
export function mayChange(parts: FileParts, stats: Stats): boolean {
  const user = process.geteuid?.();
  if (user === undefined) return true;
  return user === 0 ? !isTrapForRoot(parts, stats) : stats.uid === user;
}

/** Mends something if that is asked for. Returns what `Findings` want to know of it. @param may whether `--fix` does it */
export function mending(
  isFixing: boolean,
  may: boolean,
  work: () => boolean,
): { isFixed: boolean; isFixable: boolean } {
  const isFixed = isFixing && work();
  return { isFixed, isFixable: isFixing ? isFixed : may };
}

/** The same, for bits that others must not have (`closeToOthers`). */
export function closing(
  parts: FileParts,
  path: string,
  { stats, bits, isFixing }: { stats: Stats; bits: number; isFixing: boolean },
): { isFixed: boolean; isFixable: boolean } {
  return mending(isFixing, mayChange(parts, stats), () => closeToOthers(parts, path, bits));
}

/** Takes these bits from the mode of a file or folder. Follows no link. Returns false when that is not permitted. */
export function closeToOthers(parts: FileParts, path: string, bits: number): boolean {
  const { folders } = parts.disk;
  const flags = bits === FOLDER_BITS ? FOLDER : READ;
  try {
    return folders.within(path, (safe) =>
      closeAfter(openFile(safe, flags), (fd) => {
        const stats = fstatSync(fd);
        const { mode, uid } = stats;
        if (!folders.isTrusted(uid) || isTrapForRoot(parts, stats)) return false;
        fchmodSync(fd, mode & 0o7777 & ~bits);
        return true;
      }),
    );
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}
