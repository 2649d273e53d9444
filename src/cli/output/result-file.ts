import { closeSync, fchmodSync, openSync, renameSync, unlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { errorCode, MoinSessionsError } from '../../base/errors.js';
import { writeWhole } from '../../disk/plain-file.js';
import { assertNoForeignLink } from '../../disk/root-links.js';
import { temporaryPath } from '../../disk/temporary.js';

/** Programs of other users read results, such as node_exporter. */
const READABLE_BY_ALL = 0o644;

/**
 * Replaces the file as a whole, or creates it: a reader gets the old result or the new one. A link is replaced, not
 * followed, so that nobody who may write in the folder can make root write elsewhere.
 * @throws MoinSessionsError when the file cannot be written
 */
export function writeResultFile(cwd: string, name: string, text: string): void {
  const path = resolve(cwd, name);
  assertNoForeignLink(dirname(path));
  const temporary = temporaryPath(path);
  try {
    writeNew(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    removeIfPossible(temporary);
    throw new MoinSessionsError(
      `cannot write ${name} (${errorCode(error) ?? 'unknown error'}): name a file in a folder that exists and that you may write in`,
      { cause: error },
    );
  }
}

function writeNew(path: string, text: string): void {
  // `wx` takes neither a file nor a link that is there.
  const fd = openSync(path, 'wx', READABLE_BY_ALL);
  try {
    // The umask may have taken rights away.
    fchmodSync(fd, READABLE_BY_ALL);
    writeWhole(fd, Buffer.from(text));
  } finally {
    closeSync(fd);
  }
}

function removeIfPossible(path: string): void {
  try {
    unlinkSync(path);
  } catch {}
}
