import { closeSync, constants, type PathLike } from 'node:fs';
import { errorCode } from '../base/errors.js';
import { openFile } from './spare-files.js';

// Windows lacks the three flags that default to 0.
const { O_RDONLY, O_RDWR, O_APPEND, O_DIRECTORY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/** Read through symbolic links. `O_NONBLOCK`: opening a pipe does not wait for its writer. */
export const READ_LINKED = O_RDONLY | O_NONBLOCK;
/** Read, but fail with ELOOP at a symbolic link. */
export const READ = READ_LINKED | O_NOFOLLOW;
/** Read and write a file that exists, but fail with ELOOP at a symbolic link. */
export const WRITE = O_RDWR | O_NOFOLLOW | O_NONBLOCK;
/** The same; every write goes to the end of the file. */
export const APPEND = WRITE | O_APPEND;
/** Open a folder, but fail at a symbolic link. */
export const FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

/** Returns what `work` returns; null when a file or folder in its path does not exist. */
export function ifExists<T>(work: () => T): T | null {
  try {
    return work();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** Opens a file, which the caller closes. Null when it does not exist. */
export function openIfExists(path: PathLike, flags: number): number | null {
  return ifExists(() => openFile(path, flags));
}

/** Returns what `work` returns, and closes the file in any case. */
export function closeAfter<T>(fd: number, work: (fd: number) => T): T {
  try {
    return work(fd);
  } finally {
    closeSync(fd);
  }
}
