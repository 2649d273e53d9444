import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { isAbsolute, join, parse } from 'node:path';
import { StoreError } from '../base/errors.js';

/** The number of links that Linux follows in one path. */
export const MOST_LINKS = 40;
/** Mode bits of a folder: others may write, and only owners may rename what is in it. */
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

/** A link in a path that others can change. */
export interface ForeignLink {
  link: string;
  /** Whose the link is. */
  uid: number;
}

/** Whether root alone made this link and can replace it. @param folder the folder that it lies in */
export function isLinkOfRoot(link: Stats, folder: Stats): boolean {
  return link.uid === 0 && isNameOfRoot(link, folder);
}

/** Whether root alone can give this name to something else. @param named what has it; undefined for nothing */
function isNameOfRoot(named: Stats | undefined, folder: Stats): boolean {
  if (folder.uid !== 0) return false;
  return (folder.mode & OTHERS_WRITE) === 0 || ((folder.mode & STICKY) !== 0 && named?.uid === 0);
}

/** A name on the way to a folder. */
interface Step {
  path: string;
  /** Of what has the name; undefined for nothing. */
  stats: Stats | undefined;
  /** The folder that it lies in. */
  folder: string;
}

/** The names on the way to a folder, up to the first one that nothing has. Resolves the path part by part, as the system does. */
function* stepsTo(folder: string): Generator<Step> {
  const { root } = parse(folder);
  const ahead = partsOf(folder);
  let links = 0;
  for (let here = root; ahead.length > 0 && links < MOST_LINKS; ) {
    const next = join(here, ahead.shift() as string);
    const stats = lstatSync(next, { throwIfNoEntry: false });
    yield { path: next, stats, folder: here };
    if (stats === undefined) return;
    if (!stats.isSymbolicLink()) {
      here = next;
      continue;
    }
    const target = readlinkSync(next);
    if (isAbsolute(target)) here = root;
    ahead.unshift(...partsOf(target));
    links++;
  }
}

/**
 * The first symbolic link on the way to a folder that others than root can change, or null: it could lead root anywhere.
 * Somebody may change the path afterwards: `safeFolder` opens it for the work.
 */
export function linkOfAnother(folder: string): ForeignLink | null {
  for (const { path, stats, folder: around } of stepsTo(folder))
    if (stats?.isSymbolicLink() && !isLinkOfRoot(stats, lstatSync(around)))
      return { link: path, uid: stats.uid };
  return null;
}

/** Whether root alone can change where the path of a folder leads. */
export function isWayOfRoot(folder: string): boolean {
  for (const { stats, folder: around } of stepsTo(folder))
    if (!isNameOfRoot(stats, lstatSync(around))) return false;
  return true;
}

/**
 * Refuses, as root, to work where a symbolic link of another user leads.
 * @param folder absolute
 * @param work what the error says cannot be done there
 * @throws StoreError with the remedy
 */
export function assertNoForeignLink(folder: string, work: 'read' | 'write' = 'write'): void {
  const foreign = process.geteuid?.() === 0 ? linkOfAnother(folder) : null;
  if (foreign === null) return;
  throw new StoreError(`cannot ${work} there as root: ${linkText(foreign)}`);
}

/** What is wrong with the link, and the remedy. */
export function linkText({ link, uid }: ForeignLink): string {
  if (uid === 0)
    return `${link} is a symbolic link in a folder that other users may change, and could lead anywhere; name the folder itself`;
  return `${link} is a symbolic link of the user ${uid}, and could lead anywhere; name the folder itself, or run this as that user (sudo -u '#${uid}')`;
}

/** The names in an absolute path. */
export function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}
