import { lstatSync, rmdirSync, unlinkSync } from 'node:fs';
import { ifExists } from '../../disk/open.js';
import { pathIn, type WikiFolder } from '../files/folder.js';
import { LOCK_LIFETIME } from './lock-folder.js';

/** The temporary names of this library: of sessions by id, of secrets by the name of their file, and of locks. */
const OURS = /^\.([0-9a-f]{32}|[0-9a-f]{40}|__lock__|write_lock)\.[0-9a-f]{12}\.tmp$/;

/**
 * Removes what killed processes of this library left in a folder of a wiki, once it is a minute old: a living one needs some
 * milliseconds. Nothing of the wiki's own.
 * @param at now, in ms
 * @returns how many it removed
 */
export function sweepFolder(folder: WikiFolder, at: number): number {
  const ours = folder.names().filter((name) => OURS.test(name));
  return ours.filter((name) =>
    folder.inside((safe) => {
      const path = pathIn(safe, name);
      const stats = ifExists(() => lstatSync(path));
      // A new file may have the modification time of the one that it was to replace.
      if (stats === null || stats.ctimeMs > at - LOCK_LIFETIME) return false;
      if (stats.isDirectory()) rmdirSync(path);
      else unlinkSync(path);
      return true;
    }),
  ).length;
}
