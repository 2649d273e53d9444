import { fchmodSync, fstatSync, type Stats } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errorCode } from '../base/errors.js';
import { isUrl } from '../base/realm.js';
import { closeAfter, openIfExists, READ } from '../disk/open.js';
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
  const path = isUrl(where) ? fileURLToPath(where) : where;
  try {
    const fd = openIfExists(path, READ);
    if (fd === null) return;
    closeAfter(fd, () => {
      const stats = fstatSync(fd);
      if (process.platform === 'win32' || (stats.mode & BITS) === 0) return;
      findings.add(OPEN, path, { isFixed: isFixing && close(fd, stats) });
    });
  } catch (error) {
    // A link, or a file that this user may not read.
    if (errorCode(error) === undefined) throw error;
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
