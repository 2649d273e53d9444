import { chmodSync, fchmodSync, fstatSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../base/errors.js';
import { closeAfter, FOLDER } from './open.js';
import { openFile } from './spare-files.js';

// For the owner alone. The umask of the process may remove bits of these modes; `addMode` sets them again.
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Creates and opens a file of mode 0600, which the caller closes. @throws EEXIST when there is anything of this name */
export function createFile(path: string): number {
  const fd = openFile(path, 'wx+', FILE_MODE);
  addMode(fd, FILE_MODE);
  return fd;
}

/** Creates a folder of mode 0700, and the missing ones above it. Returns the paths of the new ones, the topmost first. */
export function makeFolders(path: string): string[] {
  try {
    return makeFolder(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
  }
  return [...makeFolders(dirname(path)), ...makeFolder(path)];
}

/** Creates a folder of mode 0700. Returns its path, or nothing where it is already. @throws ENOENT when the one above it is missing */
export function makeFolder(path: string): string[] {
  try {
    mkdirSync(path, FOLDER_MODE);
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [];
    throw error;
  }
  if (process.platform !== 'win32') setFolderMode(path); // Windows has no umask.
  return [path];
}

/** Sets the mode through the opened folder, because another file may have the folder's name by now. */
function setFolderMode(path: string): void {
  let fd: number;
  try {
    fd = openFile(path, FOLDER);
  } catch (error) {
    // The umask took away the right to read. Root keeps that right, so this process is not root's.
    if (errorCode(error) !== 'EACCES') throw error;
    chmodSync(path, FOLDER_MODE);
    return;
  }
  closeAfter(fd, () => addMode(fd, FOLDER_MODE));
}

/** Changes the mode only where bits are missing: some file systems have a single mode, and refuse every change. */
function addMode(fd: number, mode: number): void {
  const current = fstatSync(fd).mode;
  if ((current & mode) !== mode) fchmodSync(fd, (current & 0o7000) | mode);
}
