import { chmodSync, fchmodSync, fstatSync, type Stats } from 'node:fs';
import { errorCode, type StoreError } from '../../../base/errors.js';
import { closeAfter, FOLDER, READ } from '../../../disk/open.js';
import { openFile } from '../../../disk/spare-files.js';
import type { Findings } from '../../finding.js';
import { ownerText, statsOf } from '../gaps.js';
import type { FileParts } from '../parts.js';
import { FILE_KINDS as KINDS } from './kinds.js';
import { isTrapForRoot, mending } from './modes.js';

/** What the owner needs: to read and write a file, and to list and change a folder. */
const FILE_RIGHTS = 0o6;
const FOLDER_RIGHTS = 0o7;

/**
 * Whether somebody lacks a right to this file or folder: this user, or for root, who may do all, the owner of the store.
 * @param isWritten whether the owner of the store has to write to it even if it is not theirs, as to the lock file. Default false
 */
export function isShutOut({ disk }: FileParts, stats: Stats, { isWritten = false } = {}): boolean {
  const { root } = disk.folders;
  const user = process.geteuid?.();
  if (user === undefined || root === null || process.platform === 'win32') return false;
  if (user === 0 && root.uid === 0) return false;
  // Of the owner of the store nobody knows other groups than the one of its folder.
  const who = user === 0 ? { uid: root.uid, gids: [root.gid] } : { uid: user, gids: ownGroups() };
  const needed = stats.isDirectory() ? FOLDER_RIGHTS : FILE_RIGHTS;
  if (stats.uid === who.uid) return !has(stats.mode >> 6, needed);
  const rights = who.gids.includes(stats.gid) ? stats.mode >> 3 : stats.mode;
  return !has(rights, isWritten && stats.uid !== root.uid ? needed : needed & ~0o2);
}

function ownGroups(): number[] {
  return [process.getegid?.() ?? -1, ...(process.getgroups?.() ?? [])];
}

function has(mode: number, rights: number): boolean {
  return (mode & rights) === rights;
}

/** Adds the finding, and mends it if it is safe. @param fault what the system said. @returns whether it was mended */
export function addDenied(
  parts: FileParts,
  path: string,
  { findings, isFixing }: { findings: Findings; isFixing: boolean },
  fault: StoreError | null = null,
): boolean {
  const before = statsOf(path);
  const may = before !== undefined && mayOpen(parts, before);
  const { isFixed, isFixable } = mending(isFixing, may, () => openToOwner(parts, path));
  const stats = statsOf(path);
  const whose = stats === undefined ? '' : ` (it ${ownerText(stats)})`;
  const who = process.geteuid?.() === 0 ? 'the owner of the store' : 'this user';
  const what = fault?.message ?? `A file or folder of the store may not be used by ${who}`;
  findings.add(KINDS.denied, path, { isFixed, isFixable, what: `${what}${whose}.` });
  return isFixed;
}

/** Whether `openToOwner` opens a file or folder of these stats. */
function mayOpen(parts: FileParts, stats: Stats): boolean {
  const { folders } = parts.disk;
  const user = process.geteuid?.();
  if (!(stats.isFile() || stats.isDirectory()) || (stats.isFile() && stats.nlink > 1)) return false;
  if (user !== 0) return stats.uid === user && !folders.isContested;
  return stats.uid === folders.root?.uid && !isTrapForRoot(parts, stats);
}

/**
 * Gives the owner of a file or folder the rights to it. Only of the store's own user: what root or another user put there may have come
 * from elsewhere, and would be given away.
 */
function openToOwner(parts: FileParts, path: string): boolean {
  const { folders } = parts.disk;
  const stats = statsOf(path);
  const user = process.geteuid?.();
  if (stats === undefined || !mayOpen(parts, stats)) return false;
  const opened = (mode: number) => (mode & 0o7777) | (stats.isDirectory() ? 0o700 : 0o600);
  try {
    // Of a file of its own that it may not read, a user can open nothing: the name must not change hands meanwhile.
    if (user !== 0) {
      chmodSync(path, opened(stats.mode));
      return true;
    }
    return folders.within(path, (safe) =>
      closeAfter(openFile(safe, stats.isDirectory() ? FOLDER : READ), (fd) => {
        const found = fstatSync(fd);
        if (!mayOpen(parts, found)) return false;
        fchmodSync(fd, opened(found.mode));
        return true;
      }),
    );
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}
