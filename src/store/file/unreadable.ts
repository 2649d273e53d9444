import { errorCode } from '../../base/errors.js';

const NO_FILE = 'it is a pipe, socket or device, not a file';

/** Why a record's file cannot be read, by the code of the system error. Other codes are faults of the store. */
const REASONS: Readonly<Record<string, string>> = {
  ELOOP: 'it is a symbolic link, and the store follows none',
  EISDIR: 'it is a folder, not a file',
  ENXIO: NO_FILE,
  ESPIPE: NO_FILE,
  EFBIG: 'it is larger than 16 MB',
  ESTRANGER:
    "its file belongs to somebody else than the store's owner: remove it, or give it to the owner with chown if it is meant to be here",
  EIO: 'the disk reports an error: look at the system log',
};

/**
 * Why one record is unreadable (I4); null when the error is a fault of the store as a whole.
 * @param isFileThere whether the record's file can be seen; else its folder denies access, not the file
 */
export function unreadableReason(error: unknown, isFileThere: () => boolean): string | null {
  if (isLinkedFolder(error)) return null;
  const code = errorCode(error) ?? '';
  if (code !== 'EACCES') return REASONS[code] ?? null;
  return isFileThere() ? 'permission denied: its file belongs to another user, mend its owner or mode' : null;
}

/** Whether a symbolic link is in the place of the folder, not of the file. */
function isLinkedFolder(error: unknown): boolean {
  return errorCode(error) === 'ELOOP' && (error as NodeJS.ErrnoException).syscall === 'opendir';
}
