import { errorCode, StoreError } from '../base/errors.js';
import { isError } from '../base/realm.js';

/** The error codes of a write that found the disk full. Removing a file may still succeed. */
export const DISK_FULL: readonly string[] = ['ENOSPC', 'EDQUOT'];

/** The remedy for each code of a system error. */
export type Remedies = Readonly<Record<string, string>>;

const REMEDIES: Remedies = {
  ENOSPC: 'the disk is full: make room, nothing stored was harmed',
  EDQUOT: 'the disk quota is used up: make room, nothing stored was harmed',
  EROFS: 'the file system is read-only: remount it writable, or name another store',
  EACCES: 'permission denied: run as the user who owns the store, or mend its permissions',
  EPERM: 'not permitted: run as the user who owns the store, or mend its permissions',
  EMFILE: 'too many open files: raise the limit (ulimit -n)',
  ENFILE: 'too many open files on this system: raise the limit (fs.file-max)',
  ENOTDIR: 'a part of the path is a file, not a folder: name another store',
  EISDIR: 'a folder is where a file should be: move it away',
  EEXIST: 'a file is where a folder should be: name another store',
  ELOOP: 'a symbolic link is where a file should be: the store follows none',
  ESTRANGER:
    "a folder in it belongs to somebody else than the store's owner: run as the user of the servers, or mend owners as 'moin-sessions check' says",
  ENXIO: 'it is a pipe, socket or device where a file should be: move it away',
  EFBIG: 'it is larger than 16 MB: keep less in the session',
  ELISTSIZE:
    "it is larger than 256 MB, and no list of users becomes that large: remove it, then 'moin-sessions check --fix' makes it anew",
  ENOLCK: 'this file system has no locks: use a local disk',
  EIO: 'the disk reports an error: look at the system log',
};

/** Whether the error is a `StoreError` that reports a full disk. */
export function isDiskFull(error: unknown): error is StoreError {
  return error instanceof StoreError && DISK_FULL.includes(errorCode(error.cause) ?? '');
}

/**
 * Converts a system error to a `StoreError` of one line that names the remedy. Returns other errors unchanged.
 * @param doing what failed, as the beginning of the message: `cannot read …`
 * @param own remedies that replace those of a store
 */
export function storeFault(error: unknown, doing: string, own: Remedies = {}): Error {
  if (!isError(error)) return new Error(String(error));
  const code = errorCode(error);
  if (code === undefined || !('syscall' in error)) return error;
  return new StoreError(`${doing}: ${own[code] ?? REMEDIES[code] ?? error.message} (${code})`, {
    cause: error,
  });
}

/** Returns what `work` returns. Converts a system error that `work` throws (`storeFault`). */
export function withRemedy<T>(doing: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeFault(error, doing);
  }
}
