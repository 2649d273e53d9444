import { fchmodSync, fstatSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorCode } from '../base/errors.js';
import { isUrl } from '../base/realm.js';
import { closeAfter, openIfExists, READ } from '../disk/open.js';
import { linkOfAnother } from '../disk/root-links.js';
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
      const isFixed = isFixing && !isTrapForRoot(path, stats) && close(fd, stats);
      findings.add(OPEN, path, { isFixed });
    });
  } catch (error) {
    // A link, or a file that this user may not read.
    if (errorCode(error) === undefined) throw error;
  }
}

/** Whether the owner of the folder could have root change a file elsewhere: by a hard link, or by a link in the path. */
function isTrapForRoot(path: string, { nlink }: Stats): boolean {
  return process.geteuid?.() === 0 && (nlink > 1 || linkOfAnother(dirname(path)) !== null);
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
