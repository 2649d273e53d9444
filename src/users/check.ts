import { fchmodSync, fstatSync, lstatSync, type Stats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCode } from '../base/errors.js';
import { isUrl } from '../base/realm.js';
import { closeAfter, openIfExists, READ } from '../disk/open.js';
import { inSafeFolder } from '../disk/safe-folder.js';
import type { CheckOptions, FindingKind } from '../store/finding.js';

const OPEN: FindingKind = {
  severity: 'error',
  code: 'user-file-open-to-others',
  what: 'Other users of this machine may read or change the user file.',
  why: 'Who can change it logs in as anybody; who can read it can guess passwords.',
  remedy: "Run 'chmod g-w,o=' on it.",
  fixable: true,
};

/** What others must not do with the file: the group may read. */
const BITS = 0o027;

/** Checks the mode of a user file. What a link leads to, as a mounted secret, is the operator's to mend. */
export function checkUserFile(
  where: string | URL,
  { findings, isFixing }: Pick<CheckOptions, 'findings' | 'isFixing'>,
): void {
  const path = resolve(isUrl(where) ? fileURLToPath(where) : where);
  try {
    const fd = openIfExists(path, READ);
    if (fd === null) return;
    closeAfter(fd, () => {
      const stats = fstatSync(fd);
      if (process.platform === 'win32' || (stats.mode & BITS) === 0) return;
      const isFixed = isFixing && isInItsFolder(path, stats) && close(fd, stats);
      findings.add(OPEN, path, { isFixed });
    });
  } catch (error) {
    // A link, or a file that this user may not read.
    if (errorCode(error) === undefined) throw error;
  }
}

/**
 * Whether the open file is the one of this name, and no other one. Root looks through the opened folder: its owner could lead root to
 * a file elsewhere, by a hard link or a link in the path.
 */
function isInItsFolder(path: string, { dev, ino, nlink }: Stats): boolean {
  if (process.geteuid?.() !== 0) return true;
  if (nlink > 1) return false;
  try {
    return inSafeFolder(dirname(path), (folder) => {
      const named = lstatSync(join(folder, basename(path)), { throwIfNoEntry: false });
      return named?.dev === dev && named.ino === ino;
    });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

function close(fd: number, { mode }: Stats): boolean {
  try {
    fchmodSync(fd, mode & 0o7777 & ~BITS);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}
