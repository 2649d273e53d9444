import { linkSync, lstatSync, renameSync, type Stats, unlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { errorCode } from '../../base/errors.js';
import { ifExists } from '../../disk/open.js';
import { temporaryPath } from '../../disk/temporary.js';
import { pathIn, type WikiFolder } from './folder.js';
import { type FileName, idOfName } from './names.js';
import { assertUnchanged, ChangedMeanwhile } from './replacement.js';

/**
 * Removes a file or link.
 * @param stats removes it only if it is still the one that was looked at (I5); null: removes whatever is there, if anything
 * @throws ChangedMeanwhile, with nothing changed
 */
export function removeFile(folder: WikiFolder, name: FileName, stats: Stats | null): void {
  folder.inside((safe) => {
    const path = pathIn(safe, name);
    if (stats === null) {
      ifExists(() => unlinkSync(path));
      return;
    }
    assertUnchanged(folder, name, stats);
    // The wiki may renew the session at this moment. No call removes a file only if it is a certain one: so it gets another name first.
    const aside = `${safe}/${basename(temporaryPath(idOfName(name)))}`;
    if (moves(path, aside)) removeAside(aside, path, stats);
  });
}

/** Renames the file. False when it is gone; where there is no room for another name, it is removed at once. */
function moves(path: Buffer, aside: string): boolean {
  try {
    renameSync(path, aside);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') unlinkSync(path);
    return false;
  }
}

/** @throws ChangedMeanwhile when it was another file: it has its name again, unless the wiki has made a newer one */
function removeAside(aside: string, path: Buffer, stats: Stats): void {
  const moved = lstatSync(aside);
  if (isSameContent(moved, stats)) {
    unlinkSync(aside);
    return;
  }
  putBack(aside, path);
  throw new ChangedMeanwhile();
}

/** A rename changes the `ctime`, and nothing else. */
function isSameContent(one: Stats, other: Stats): boolean {
  return (
    one.ino === other.ino &&
    one.dev === other.dev &&
    one.size === other.size &&
    one.mtimeMs === other.mtimeMs &&
    one.mode === other.mode
  );
}

function putBack(aside: string, path: Buffer): void {
  try {
    linkSync(aside, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') {
      // Folders, and file systems without hard links.
      renameSync(aside, path);
      return;
    }
  }
  unlinkSync(aside);
}
