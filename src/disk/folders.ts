import { closeSync, constants, lstatSync, openSync, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { errorCode } from '../base/errors.js';
import { systemError } from './plain-file.js';

/** Opens a folder, but not through a link. */
export const FOLDER = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);

/** Mode bits that let the group or everybody write. */
const OTHERS_WRITE = 0o022;

/**
 * The folders inside of a store. None of them may be a link: files in it are reached through `within` and `inside` alone.
 * The store's own folder may be one, for operators link it.
 *
 * Where somebody else could swap a folder for a link between our look and our work, the folder is opened and the work is
 * done relative to it, which only Linux can do from here. Elsewhere that race stays.
 */
export class Folders {
  readonly #root: string;
  #stats: Stats | null = null;

  constructor(root: string) {
    this.#root = root;
  }

  /** The store's own folder as it was when first seen; null while there is none. */
  get root(): Stats | null {
    this.#stats ??= statSync(this.#root, { throwIfNoEntry: false }) ?? null;
    return this.#stats;
  }

  /**
   * Gives `work` the path under which the file at `path` is safely reached.
   * @throws a system error: ELOOP when its folder is a link
   */
  within<T>(path: string, work: (path: string) => T): T {
    const folder = dirname(path);
    if (folder === this.#root) return work(path);
    return this.inside(folder, (safe) => work(safe === folder ? path : `${safe}/${basename(path)}`));
  }

  /** The same for a folder itself. */
  inside<T>(folder: string, work: (folder: string) => T): T {
    if (folder === this.#root) return work(folder);
    const stats = lstatSync(folder, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink()) throw systemError('ELOOP', 'opendir');
    if (!this.#isContested) return work(folder);
    // Whose folder it is may put back, take out and hide what is in it.
    if (stats !== undefined && !this.isTrusted(stats.uid)) throw systemError('ESTRANGER', 'opendir');
    const fd = openSync(folder, FOLDER);
    try {
      return work(`/proc/self/fd/${fd}`);
    } finally {
      closeSync(fd);
    }
  }

  /** The names in a folder; none when there is no such folder. */
  names(folder: string): string[] {
    try {
      return this.inside(folder, (safe) => readdirSync(safe));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  /** Whether a file of this owner may be ours: root's, our own, or the owner's of the store's folder. */
  isTrusted(uid: number): boolean {
    if (uid === 0 || uid === process.geteuid?.() || uid === this.root?.uid) return true;
    // The folder may have been given to somebody since we saw it.
    this.#stats = null;
    return uid === this.root?.uid;
  }

  /** Whether others than we and root can change folders here. */
  get #isContested(): boolean {
    if (process.platform !== 'linux' || this.root === null) return false;
    return this.root.uid !== process.geteuid?.() || mayOthersWrite(this.root);
  }
}

/** Whether more than the owner may write: an ACL shows in the bits of the group as well. */
export function mayOthersWrite({ mode }: Stats): boolean {
  return (mode & OTHERS_WRITE) !== 0;
}
