import { closeSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { errorCode, StoreError } from '../../base/errors.js';
import { FOLDER } from '../../disk/open.js';
import { assertNoForeignLink } from '../../disk/root-links.js';
import { type SafeFolder, safeFolder } from '../../disk/safe-folder.js';
import { openFile } from '../../disk/spare-files.js';

/** Whether folders are opened part by part, so that root never follows a link that others can change, however fast they swap it. */
function opensPartByPart(): boolean {
  return process.platform === 'linux' && process.geteuid?.() === 0;
}

/** The way to a folder of a wiki. */
export class FolderWay {
  readonly #dir: string;
  /** The real path, without links, as it is at the first look. Root on Linux needs none. */
  #real: string | null = null;

  /** @param dir absolute */
  constructor(dir: string) {
    this.#dir = dir;
  }

  /**
   * Opens the folder, so that its path stays safe until it is closed.
   * @throws a system error, ENOENT when the folder is not there; StoreError when root would follow another user's link, and when
   * the folder was replaced by a link
   */
  open(): SafeFolder {
    if (opensPartByPart()) return openForRoot(this.#dir);
    this.#real ??= realPathOf(this.#dir);
    const real = this.#real;
    if (process.platform !== 'linux') return { path: real, close: () => {} };
    const fd = openFile(real, FOLDER);
    try {
      return { path: safePath(fd, real), close: () => closeSync(fd) };
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }
}

/**
 * The path of a folder without links.
 * @throws a system error; StoreError when root would follow another user's link
 */
export function realPathOf(dir: string): string {
  if (opensPartByPart()) {
    // The name of what was opened: a look at the path could find another folder than a check before it.
    const { path, close } = openForRoot(dir);
    try {
      return readlinkSync(path);
    } finally {
      close();
    }
  }
  assertNoForeignLink(dir, 'read');
  return realpathSync(dir);
}

/** Whether a file, and no link, lies in the place of the folder. */
function isNoFolder(dir: string): boolean {
  return lstatSync(dir, { throwIfNoEntry: false })?.isFile() ?? false;
}

function openForRoot(dir: string): SafeFolder {
  try {
    return safeFolder(dir);
  } catch (error) {
    // Of a link in place of a folder, Linux says either.
    if (!['ELOOP', 'ENOTDIR'].includes(errorCode(error) ?? '') || isNoFolder(dir)) throw error;
    // No fault of one file, as ELOOP in the folder is: the whole folder is out of reach.
    assertNoForeignLink(dir, 'read');
    throw new StoreError(
      `cannot read there as root: the way to ${dir} had a symbolic link of another user for a moment; run this as the user who owns the wiki`,
      { cause: error },
    );
  }
}

/** @throws StoreError when the opened folder is another one: a link on the way leads to it */
function safePath(fd: number, real: string): string {
  const safe = `/proc/self/fd/${fd}`;
  try {
    const opened = readlinkSync(safe);
    if (opened === real) return safe;
    throw new StoreError(
      `the way to ${real} has a symbolic link now, and leads to ${opened}: open the store again if that is meant`,
    );
  } catch (error) {
    // Without /proc, as in some jails, there are no such paths.
    if (errorCode(error) === 'ENOENT') return real;
    throw error;
  }
}
