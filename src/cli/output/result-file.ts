import { dirname, resolve } from 'node:path';
import { errorCode, MoinSessionsError } from '../../base/errors.js';
import { assertNoForeignLink } from '../../disk/root-links.js';
import { WholeFile } from './whole-file.js';

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
  try {
    write(path, text);
  } catch (error) {
    throw new MoinSessionsError(
      `cannot write ${name} (${errorCode(error) ?? 'unknown error'}): name a file in a folder that exists and that you may write in`,
      { cause: error },
    );
  }
}

function write(path: string, text: string): void {
  const file = new WholeFile(path, READABLE_BY_ALL);
  try {
    file.add(text);
    file.commit();
  } finally {
    file.close();
  }
}
