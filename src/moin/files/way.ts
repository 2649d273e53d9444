import { closeSync, readlinkSync, realpathSync } from 'node:fs';
import { errorCode, StoreError } from '../../base/errors.js';
import { FOLDER } from '../../disk/open.js';
import { assertNoForeignLink } from '../../disk/root-links.js';
import { folderForRoot, opensPartByPart, type SafeFolder } from '../../disk/safe-folder.js';
import { openFile } from '../../disk/spare-files.js';

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
    if (opensPartByPart()) return folderForRoot(this.#dir, { work: 'read' });
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
    const { path, close } = folderForRoot(dir, { work: 'read' });
    try {
      return readlinkSync(path);
    } finally {
      close();
    }
  }
  assertNoForeignLink(dir, 'read');
  return realpathSync(dir);
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
