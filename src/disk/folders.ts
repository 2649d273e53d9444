import { closeSync, lstatSync, readdirSync, type Stats, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, dirname, sep } from 'node:path';
import { StoreError } from '../base/errors.js';
import { makeFolder, makeFolders } from './make.js';
import { FOLDER, ifExists } from './open.js';
import { systemError } from './plain-file.js';
import { RootsHold } from './roots-hold.js';
import { openFile } from './spare-files.js';

/** The size (bytes) from which a folder is a large one: some 500 names on ext4. */
const LARGE = 32 * 1024;
/** Mode bits that let the group or everybody write. */
const OTHERS_WRITE = 0o022;

/** A folder that is checked once. `safe` is its safe path after the check, `fd` the open folder if the path needs one. */
interface Pin {
  folder: string;
  safe: string | null;
  fd: number | null;
}

/**
 * The folders inside of a store. A file in one is reached through `within` or `inside` only, and these refuse a folder
 * that is a symbolic link: else the store's owner could make root read or write elsewhere. The store's own folder may be
 * a link, because operators link it.
 *
 * Where another user can swap a folder for a link between the check and the work, the folder is opened and the work
 * uses paths relative to the open folder. Node offers that on Linux only; on other systems the race remains. The same for
 * the store's own folder after `hold`.
 */
export class Folders {
  readonly #root: string;
  #stats: Stats | null = null;
  #wasThere = false;
  #pin: Pin | null = null;
  #hold: RootsHold | null = null;

  constructor(root: string) {
    this.#root = root;
  }

  /** The stats of the store's own folder at the first look; null while it does not exist. */
  get root(): Stats | null {
    this.#stats ??= statSync(this.at(this.#root), { throwIfNoEntry: false }) ?? null;
    return this.#stats;
  }

  /**
   * Before the first change: looks whether the store's folder is there, for `make`. From now on, works in the opened folder where this
   * is root and others could swap its name. @throws StoreError when it would be led behind a link of another user
   */
  hold(): void {
    this.#hold ??= RootsHold.of(this.#root);
    this.#stats = null;
    this.#wasThere ||= this.root !== null;
  }

  /** Closes the folder that is held. The next work opens what has its name then. */
  letGo(): void {
    if (this.#hold === null) return;
    this.#hold.close();
    this.#stats = null;
  }

  /** The path that leads to a file or folder of the store in the folder that is held; else the path itself. @throws StoreError */
  at(path: string): string {
    if (this.#hold === null) return path;
    if (path === this.#root) return this.#hold.path();
    return path.startsWith(`${this.#root}${sep}`)
      ? `${this.#hold.path()}${path.slice(this.#root.length)}`
      : path;
  }

  /**
   * Passes to `work` a safe path to the file at `path`.
   * @throws a system error: ELOOP when the file's folder is a link, ESTRANGER when the folder belongs to another user
   */
  within<T>(path: string, work: (path: string) => T): T {
    const folder = this.#folderOf(path);
    if (folder === this.#root) return work(this.at(path));
    return this.inside(folder, (safe) => work(safe === folder ? path : `${safe}/${basename(path)}`));
  }

  /** As `dirname`, which takes longer, where the path is in the pinned folder. */
  #folderOf(path: string): string {
    const pinned = this.#pin?.folder;
    const isInPinned =
      pinned !== undefined && path.lastIndexOf(sep) === pinned.length && path.startsWith(pinned);
    return isInPinned ? pinned : dirname(path);
  }

  /**
   * Passes to `work` a safe path to the folder itself. The path is safe until `work` returns, so `work` is synchronous. Calls
   * for the same folder in `work` check nothing again. @throws the errors of `within`
   */
  inside<T>(folder: string, work: (folder: string) => T): T {
    if (folder === this.#root) return work(this.at(folder));
    const pin = this.#pin;
    if (pin?.folder !== folder) return this.pinned(folder, () => this.inside(folder, work));
    return work(this.#safePath(pin));
  }

  /** The safe path of a pinned folder, checked at the first call that finds the folder. @throws the errors of `within` */
  #safePath(pin: Pin): string {
    if (pin.safe !== null) return pin.safe;
    const folder = this.at(pin.folder);
    const stats = lstatSync(folder, { throwIfNoEntry: false });
    if (stats?.isSymbolicLink()) throw systemError('ELOOP', 'opendir');
    if (!this.isContested) {
      if (stats !== undefined) pin.safe = folder;
      return folder;
    }
    // The owner of a folder can put files back into it, take them out and hide them.
    if (stats !== undefined && !this.isTrusted(stats.uid)) throw systemError('ESTRANGER', 'opendir');
    pin.fd = openFile(folder, FOLDER);
    pin.safe = `/proc/self/fd/${pin.fd}`;
    return pin.safe;
  }

  /**
   * Makes a folder of the store; the store's own, and the missing ones above it, only where it was never there: an empty one would
   * take the place to which somebody may move it back. Returns paths to the new ones, the topmost first.
   * @throws StoreError with the remedy; ENOENT when the store's folder is moved away at this moment
   */
  make(folder: string): string[] {
    this.#stats = null;
    if (this.root !== null) return folder === this.#root ? [] : makeFolder(this.at(folder));
    if (this.#wasThere)
      throw new StoreError(
        `the folder ${this.#root} was moved away or removed: put it back; to begin with an empty one, restart the process`,
      );
    this.#hold?.make();
    const made = makeFolders(this.at(folder));
    this.#wasThere = true;
    return made;
  }

  /** Runs `work`, in which `within` and `inside` check this folder only once. `work` is synchronous. */
  pinned<T>(folder: string, work: () => T): T {
    const outer = this.#pin;
    const pin: Pin = { folder, safe: null, fd: null };
    this.#pin = pin;
    try {
      return work();
    } finally {
      this.#pin = outer;
      if (pin.fd !== null) closeSync(pin.fd);
    }
  }

  /** As `inside`, for work that waits. */
  async during<T>(folder: string, work: (folder: string) => Promise<T>): Promise<T> {
    const fd = this.inside(folder, (safe) => (safe === folder ? null : openFile(`${safe}/.`, FOLDER)));
    try {
      return await work(fd === null ? folder : `/proc/self/fd/${fd}`);
    } finally {
      if (fd !== null) closeSync(fd);
    }
  }

  /** The names in a folder; none when the folder does not exist. */
  names(folder: string): string[] {
    // A call that fails costs ten times as much as this look, and a small store lacks most of its 256 folders.
    if (lstatSync(this.at(folder), { throwIfNoEntry: false }) === undefined) return [];
    return ifExists(() => this.inside(folder, (safe) => readdirSync(safe))) ?? [];
  }

  /** The same names. Another thread reads a large folder: 4,000 names take some ms, and more on a cold disk. */
  async namesLater(folder: string): Promise<string[]> {
    if ((lstatSync(this.at(folder), { throwIfNoEntry: false })?.size ?? 0) < LARGE) return this.names(folder);
    return this.during(folder, (safe) => readdir(safe));
  }

  /** Whether the store accepts files of this owner: root, this process's user, or the owner of the store's folder. */
  isTrusted(uid: number): boolean {
    if (uid === 0 || uid === this.root?.uid || uid === process.geteuid?.()) return true;
    // The folder may have a new owner since the first look.
    this.#stats = null;
    return uid === this.root?.uid;
  }

  /** Whether users other than this process's and root can change folders here. */
  get isContested(): boolean {
    if (process.platform !== 'linux' || this.root === null) return false;
    return this.root.uid !== process.geteuid?.() || mayOthersWrite(this.root);
  }
}

/** Whether the group or everybody may write. An ACL also shows in the bits of the group. */
export function mayOthersWrite({ mode }: Stats): boolean {
  return (mode & OTHERS_WRITE) !== 0;
}
