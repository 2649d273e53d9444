import { lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../base/errors.js';
import { linkOfAnother, linkText } from '../disk/root-links.js';

/**
 * Refuses to replace a file whose path contains a link: the new file would replace the link, and the file at its end
 * would stay as it is. Root also refuses a folder behind a link that others can change: that could lead to any file. The work
 * itself uses `safeFolder`, because the path may change after this look.
 * @param path absolute
 * @throws StoreError with the remedy
 */
export function assertReplaceable(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
    throw new StoreError(
      `cannot write the user directory ${path}: it is a symbolic link, as in a mounted secret; change the users at its source, or name the file itself in 'users'`,
    );
  }
  const foreign = process.geteuid?.() === 0 ? linkOfAnother(dirname(path)) : null;
  if (foreign !== null)
    throw new StoreError(`cannot write the user directory ${path} as root: ${linkText(foreign)}`);
}

/**
 * The warning when other users of this machine can replace the user file, and so log in as anybody; null when they cannot.
 * Trusts a group that may write, because an administrator gave it that right.
 */
export function exposureWarning(path: string): string | null {
  if (process.platform === 'win32') return null; // Windows has no such modes.
  const file = lstatSync(path, { throwIfNoEntry: false });
  if (file?.isFile() && mayEverybodyWrite(file)) return warning(path, path);
  const folder = statSync(dirname(path), { throwIfNoEntry: false });
  if (file === undefined || folder === undefined || !mayEverybodyWrite(folder)) return null;
  const trusted = [0, folder.uid, process.geteuid?.()];
  const isSticky = (folder.mode & 0o1000) !== 0;
  return isSticky && trusted.includes(file.uid) ? null : warning(path, dirname(path));
}

function mayEverybodyWrite({ mode }: { mode: number }): boolean {
  return (mode & 0o002) !== 0;
}

function warning(path: string, writable: string): string {
  return `any user of this machine can replace the user directory ${path}, and log in as anybody: others may write to ${writable}; take that away with 'chmod o-w'`;
}
