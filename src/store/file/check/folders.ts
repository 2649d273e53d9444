import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { withRemedy } from '../../../disk/fault.js';
import { linkOfAnother } from '../../../disk/root-links.js';
import type { CheckOptions } from '../../finding.js';
import { isSecretLeftover, SECRET_SLOT } from '../layout.js';
import type { FileParts } from '../parts.js';
import { namesIn } from '../walk.js';
import { addDenied, isShutOut } from './denied.js';
import { FILE_KINDS as KINDS } from './kinds.js';
import { locked } from './locked.js';
import { closing, FILE_BITS, FOLDER_BITS, isOpen } from './modes.js';

/** Names in the store's folder that are no concern of a check: hidden files, what a file system makes, a user directory. */
const HARMLESS = /^(?:\..*|lost\+found|users\.json(?:\.lock)?)$/;

export interface GoodFolders {
  /** The folders of records that can be looked into. */
  records: { prefix: string; path: string }[];
  /** False when something else is in the place of the folder of users' lists. */
  hasLists: boolean;
}

/** Checks the folder of the store, and the folders in it. */
export async function checkFolders(parts: FileParts, options: CheckOptions): Promise<GoodFolders> {
  const { layout, disk } = parts;
  const prefixes = new Map(layout.folders().map((folder) => [folder.prefix, folder]));
  const good: GoodFolders = { records: [], hasLists: true };
  checkOpenFolder(parts, layout.root, options);
  for (const name of await namesIn(disk.folders, layout.root)) {
    const path = join(layout.root, name);
    const folder = prefixes.get(name);
    if (folder !== undefined) {
      if (isGoodFolder(parts, path, options)) good.records.push(folder);
    } else if (name === 'users') good.hasLists = isGoodFolder(parts, path, options);
    else if (isSecretLeftover(name)) await checkLeftOver(parts, path, options);
    else if (name === 'lock') checkLockFile(parts, path, options);
    else if (name !== 'secret' && !HARMLESS.test(name)) options.findings.add(KINDS.foreignFile, path);
  }
  return good;
}

/** The root itself may be a link: operators link it. Root cares whose it is. */
function checkOpenFolder(parts: FileParts, path: string, { findings, isFixing }: CheckOptions): void {
  const foreign = process.geteuid?.() === 0 ? linkOfAnother(path) : null;
  if (foreign !== null) findings.add(KINDS.linkToStore, foreign.link);
  const stats = parts.disk.folders.root;
  if (stats !== null && isShutOut(parts, stats)) addDenied(parts, path, { findings, isFixing });
  if (stats === null || !isOpen(stats, FOLDER_BITS)) return;
  findings.add(KINDS.openFolder, path, closing(parts, path, { stats, bits: FOLDER_BITS, isFixing }));
}

/** @throws StoreError when the folder of the store can be listed, and lets nobody look at what is in it */
function statsIn({ disk, layout }: FileParts, path: string): Stats | undefined {
  return withRemedy(`cannot look into ${layout.root}`, () => disk.stats(path));
}

function isGoodFolder(parts: FileParts, path: string, { findings, isFixing }: CheckOptions): boolean {
  const stats = statsIn(parts, path);
  if (stats === undefined) return false;
  if (stats.isSymbolicLink()) findings.add(KINDS.link, path);
  else if (!stats.isDirectory()) findings.add(KINDS.noFile, path);
  else if (!parts.disk.folders.isTrusted(stats.uid)) findings.add(KINDS.stranger, path);
  else {
    if (isOpen(stats, FOLDER_BITS))
      findings.add(KINDS.openFolder, path, closing(parts, path, { stats, bits: FOLDER_BITS, isFixing }));
    if (!isShutOut(parts, stats)) return true;
    // Who may not look into it hears nothing else of it.
    return addDenied(parts, path, { findings, isFixing }) || process.geteuid?.() === 0;
  }
  return false;
}

function checkLockFile(parts: FileParts, path: string, { findings, isFixing }: CheckOptions): void {
  const stats = statsIn(parts, path);
  if (stats === undefined) return;
  if (stats.isSymbolicLink()) findings.add(KINDS.link, path);
  else if (!stats.isFile()) findings.add(KINDS.noFile, path);
  else if (!parts.disk.folders.isTrusted(stats.uid)) findings.add(KINDS.stranger, path);
  else {
    if (stats.nlink > 1) findings.add(KINDS.hardLink, path);
    if (isShutOut(parts, stats, { isWritten: true })) addDenied(parts, path, { findings, isFixing });
    if (isOpen(stats, FILE_BITS))
      findings.add(KINDS.openFile, path, closing(parts, path, { stats, bits: FILE_BITS, isFixing }));
  }
}

async function checkLeftOver(
  parts: FileParts,
  path: string,
  { findings, isFixing }: CheckOptions,
): Promise<void> {
  await locked(parts, [SECRET_SLOT], isFixing, () => {
    if (parts.disk.stats(path) === undefined) return;
    findings.add(KINDS.leftOver, path, { isFixed: isFixing && parts.disk.remove(path) });
  });
}
