import { StoreError } from '../base/errors.js';
import { type Remedies, storeFault } from '../disk/fault.js';

/** Remedies for the user file that differ from those for a store. */
const REMEDIES: Remedies = {
  EROFS: 'it is on a read-only file system, as a mounted secret: change it at its source, or remount it',
  EACCES: 'permission denied: run as root or as its owner, or mend the permissions',
  EPERM:
    'it belongs to another user or group: run as root or as that user, because no one else can keep its owner and group',
  ENOENT: 'it is a symbolic link that leads nowhere: restore or mount what it led to',
  ELOOP: 'it became a symbolic link meanwhile: look who writes to its folder',
  ENOTDIR: "a part of the path is a file, not a folder: name another file in 'users'",
  EFBIG: "it is larger than 16 MB: bring a user directory of your own as 'users'",
};

/** Converts a system error of a read to a `StoreError` with the remedy. */
export function readFault(path: string, error: unknown): Error {
  return storeFault(error, `cannot read the user directory ${path}`, REMEDIES);
}

/** Converts a system error of a write to a `StoreError` with the remedy. */
export function writeFault(path: string, error: unknown): Error {
  return storeFault(error, `cannot write the user directory ${path}`, REMEDIES);
}

/** The error when this process has read or written the file before, and the file no longer exists. */
export function fileGone(path: string): StoreError {
  return new StoreError(
    `the user directory ${path} was there and has gone: put it back or mount it; if you removed it on purpose, restart the process`,
  );
}

export function noUserFile(path: string): StoreError {
  return new StoreError(
    `there is no user directory at ${path}, so nobody can log in: check 'users', or add a user with 'moin-sessions users add NAME'`,
  );
}

export function openedReadOnly(path: string): StoreError {
  return new StoreError(
    `the user directory ${path} was opened for reading only: open it without 'readOnly' to change it`,
  );
}
