import { closeSync, existsSync, fstatSync, fsyncSync, lstatSync, mkdirSync, readlinkSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { errorCode, StoreError } from '../base/errors.js';
import { FOLDER } from './open.js';
import { systemError } from './plain-file.js';
import { assertNoForeignLink, isLinkOfRoot, MOST_LINKS, partsOf } from './root-links.js';
import { openFile } from './spare-files.js';

const FOLDER_MODE = 0o700;
const OPEN_FILES = '/proc/self/fd';

/** An open folder. */
export interface SafeFolder {
  /** A path that leads to this folder, whatever becomes of its names. */
  path: string;
  close(): void;
}

/** Whether folders are opened part by part, so that root never follows a link that others can change, however fast they swap it. */
export function opensPartByPart(): boolean {
  return process.platform === 'linux' && process.geteuid?.() === 0;
}

/**
 * The folder at `folder` for root's work: opened part by part, so that nobody can swap a folder of the path for a link between a
 * check and the work. Links are followed only where root alone can change them. Of other users than root, and on other systems
 * than Linux, it is the name itself.
 * @param folder absolute
 * @param create make the folders that are missing, with mode 0700
 * @throws a system error: ELOOP for a link that others can change, ENOENT, ENOTDIR; StoreError without /proc
 */
export function safeFolder(folder: string, { create = false }: { create?: boolean } = {}): SafeFolder {
  if (!opensPartByPart()) return { path: folder, close: () => {} };
  const fd = openParts(folder, create);
  return { path: `${OPEN_FILES}/${fd}`, close: () => closeSync(fd) };
}

/** Runs `work`, which is synchronous, in the folder, and closes it. @throws the errors of `safeFolder` */
export function inSafeFolder<T>(folder: string, work: (path: string) => T): T {
  const safe = safeFolder(folder);
  try {
    return work(safe.path);
  } finally {
    safe.close();
  }
}

/**
 * As `safeFolder`, for root where `opensPartByPart`. A link that others can change is no fault of one file: the whole folder is out
 * of reach. @param work what the error says cannot be done there
 * @throws StoreError for such a link; other errors of `safeFolder`
 */
export function folderForRoot(
  dir: string,
  { work, create = false }: { work: 'read' | 'write'; create?: boolean },
): SafeFolder {
  try {
    return safeFolder(dir, { create });
  } catch (error) {
    // Of a link in place of a folder, Linux says either.
    if (!['ELOOP', 'ENOTDIR'].includes(errorCode(error) ?? '') || isFile(dir)) throw error;
    assertNoForeignLink(dir, work);
    throw new StoreError(
      `cannot ${work} there as root: the way to ${dir} had a symbolic link of another user for a moment; run this as the user who owns it`,
      { cause: error },
    );
  }
}

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function openParts(folder: string, create: boolean): number {
  const ahead = partsOf(folder);
  let here = openFile('/', FOLDER);
  try {
    for (let links = 0; ahead.length > 0; ) {
      const part = ahead.shift() as string;
      const step = stepInto(here, part, create);
      if (typeof step === 'string') {
        links += 1;
        if (links > MOST_LINKS) throw systemError('ELOOP', 'open');
        ahead.unshift(...partsOf(step));
        if (!isAbsolute(step)) continue;
      }
      const next = typeof step === 'string' ? openFile('/', FOLDER) : step;
      closeSync(here);
      here = next;
    }
    return here;
  } catch (error) {
    closeSync(here);
    // Else a folder that is there would count as missing.
    if (errorCode(error) === 'ENOENT' && !existsSync(OPEN_FILES))
      throw new StoreError(`cannot open ${folder} as root without ${OPEN_FILES}: mount /proc`, {
        cause: error,
      });
    throw error;
  }
}

/** The open folder of this name in an open folder, or what the link of this name says. */
function stepInto(here: number, part: string, create: boolean): number | string {
  const path = `${OPEN_FILES}/${here}/${part}`;
  try {
    return openFile(path, FOLDER);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' && create) return madeFolder(here, path);
    if (!lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) throw error;
    // Nobody else can replace the link between this look and the reading.
    if (!isLinkOfRoot(lstatSync(path), fstatSync(here))) throw systemError('ELOOP', 'open');
    return readlinkSync(path);
  }
}

function madeFolder(here: number, path: string): number {
  try {
    mkdirSync(path, FOLDER_MODE);
    fsyncSync(here);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  return openFile(path, FOLDER);
}
