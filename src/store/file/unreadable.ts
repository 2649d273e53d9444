import type { Stats } from 'node:fs';
import { errorCode } from '../../base/errors.js';
import { FOREIGN_REMEDY } from '../gaps.js';
import { foreignText, ownerText } from './gaps.js';

const NO_FILE = 'it is a pipe, socket or device, not a file';

/** Why a record's file cannot be read, by the code of the system error. Other codes are faults of the store. */
const REASONS: Readonly<Record<string, string>> = {
  ELOOP: 'it is a symbolic link, and the store follows none',
  EISDIR: 'it is a folder, not a file',
  ENXIO: NO_FILE,
  ESPIPE: NO_FILE,
  EFBIG: 'it is larger than 16 MB',
  EIO: 'the disk reports an error: look at the system log',
};

/** Why one record is unreadable (I4); null when the error is a fault of the store as a whole, or want of a right. */
export function unreadableReason(error: unknown): string | null {
  return isLinkedFolder(error) ? null : (REASONS[errorCode(error) ?? ''] ?? null);
}

/** Why a record is refused for the owner of its file or folder, and the remedy. @param owner of the store */
export function foreignReason(what: 'file' | 'folder', stats: Stats, owner: number): string {
  return `its ${what} ${foreignText(stats, owner)}; ${FOREIGN_REMEDY}`;
}

/** Why a record may not be read, and the remedy. @param what the file or folder that denies it, and its stats */
export function deniedReason(what: 'file' | 'folder', stats: Stats | undefined): string {
  const whose = stats === undefined ? 'is closed to this user' : ownerText(stats);
  return `permission denied: its ${what} ${whose}; run this as that user or as root, or mend owner and mode`;
}

/** Whether a symbolic link is in the place of the folder, not of the file. */
function isLinkedFolder(error: unknown): boolean {
  return errorCode(error) === 'ELOOP' && (error as NodeJS.ErrnoException).syscall === 'opendir';
}
