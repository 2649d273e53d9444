import { chmodSync, closeSync, fchmodSync, fstatSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../base/errors.js';
import { FOLDER } from './folders.js';

/** For the owner alone, whatever the umask of the process takes away. */
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Opens a file that is new for certain. @throws EEXIST */
export function createFile(path: string): number {
  const fd = openSync(path, 'wx+', FILE_MODE);
  allow(fd, FILE_MODE);
  return fd;
}

/** Makes a folder, and those above it that are not there. Gives what it made, from above. */
export function makeFolders(path: string): string[] {
  try {
    return makeFolder(path);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
  }
  return [...makeFolders(dirname(path)), ...makeFolder(path)];
}

function makeFolder(path: string): string[] {
  try {
    mkdirSync(path, FOLDER_MODE);
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [];
    throw error;
  }
  if (process.platform !== 'win32') allowFolder(path); // which has no umask
  return [path];
}

/** Through the opened folder, for its name may be another one's by now. */
function allowFolder(path: string): void {
  let fd: number;
  try {
    fd = openSync(path, FOLDER);
  } catch (error) {
    // The umask took even reading from us; from root it takes nothing.
    if (errorCode(error) !== 'EACCES') throw error;
    chmodSync(path, FOLDER_MODE);
    return;
  }
  try {
    allow(fd, FOLDER_MODE);
  } finally {
    closeSync(fd);
  }
}

/** Changes only what differs: some file systems know one mode, and refuse every change. */
function allow(fd: number, mode: number): void {
  const made = fstatSync(fd).mode;
  if ((made & mode) !== mode) fchmodSync(fd, (made & 0o7000) | mode);
}
