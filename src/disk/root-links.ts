import { lstatSync, readlinkSync } from 'node:fs';
import { isAbsolute, join, parse } from 'node:path';
import { StoreError } from '../base/errors.js';

/** The number of links that Linux follows in one path. */
const MOST_LINKS = 40;

/** A link in a path, and whose it is. */
export interface ForeignLink {
  link: string;
  uid: number;
}

/**
 * The first symbolic link on the way to a folder that is not root's, or null: it could lead root anywhere. Resolves the path
 * part by part, as the system does.
 */
export function linkOfAnother(folder: string): ForeignLink | null {
  const { root } = parse(folder);
  const ahead = partsOf(folder);
  let links = 0;
  for (let here = root; ahead.length > 0 && links < MOST_LINKS; ) {
    const next = join(here, ahead.shift() as string);
    const stats = lstatSync(next, { throwIfNoEntry: false });
    if (!stats?.isSymbolicLink()) {
      here = next;
      continue;
    }
    if (stats.uid !== 0) return { link: next, uid: stats.uid };
    const target = readlinkSync(next);
    if (isAbsolute(target)) here = root;
    ahead.unshift(...partsOf(target));
    links++;
  }
  return null;
}

/**
 * Refuses, as root, to write where a symbolic link of another user leads.
 * @param folder absolute
 * @throws StoreError with the remedy
 */
export function assertNoForeignLink(folder: string): void {
  const foreign = process.geteuid?.() === 0 ? linkOfAnother(folder) : null;
  if (foreign === null) return;
  const { link, uid } = foreign;
  throw new StoreError(
    `cannot write there as root: ${link} is a symbolic link of the user ${uid}, and could lead anywhere; name the folder itself, or run this as that user (sudo -u '#${uid}')`,
  );
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}
