import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  lchownSync,
  lstatSync,
  openSync,
  renameSync,
  type Stats,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../base/errors.js';
import { Folders } from './folders.js';
import { createFile, makeFolders } from './make.js';
import { type Ownership, takeAfter } from './ownership.js';
import { openPlainFile, readPlainFile, systemError, withPlainFile, writeWhole } from './plain-file.js';

/** `process`: what was written survives the process. `fsync`: a power cut too. */
export type Durability = 'process' | 'fsync';

/** Opens what is there, but not through a symbolic link. */
const SHARED = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Names of temporary files differ between processes by this, within one by a count. */
const PROCESS = randomBytes(4).toString('hex');
let temporaryFiles = 0;

/**
 * The files of a store's folder, reached through no link. They are replaced whole, mode 0600, in folders of mode 0700
 * made when needed. What root writes (an operator with sudo) belongs to the owner of the folder, or the server could
 * not read it.
 */
export class Disk {
  readonly folders: Folders;
  readonly #fsync: boolean;

  constructor(root: string, durability: Durability) {
    this.folders = new Folders(root);
    this.#fsync = durability === 'fsync';
  }

  /** The text of a plain file; null when there is none. */
  read(path: string): { text: string; bytes: number } | null {
    return this.#ifThere(path, readPlainFile);
  }

  /** The same, but a file of somebody who has no business here is refused with the code `ESTRANGER`. */
  readTrusted(path: string): { text: string; bytes: number } | null {
    return this.#ifThere(path, (safe) =>
      readPlainFile(safe, ({ uid }) => {
        if (!this.folders.isTrusted(uid)) throw systemError('ESTRANGER', 'open');
      }),
    );
  }

  /** A plain file opened for reading, which the caller closes; null when there is none. */
  open(path: string): number | null {
    return this.#ifThere(path, openPlainFile);
  }

  /** What has this name, link or not; for decisions that harm nobody where a folder is swapped meanwhile. */
  stats(path: string): Stats | undefined {
    return lstatSync(path, { throwIfNoEntry: false });
  }

  /**
   * Puts a new file in the place of what is there. It is written beside it, under a name that nobody else has,
   * and then renamed: whoever reads, or kills us, finds the old or the new.
   * @param mtime the time (ms) that the file shall bear
   * @param like what it shall take owner, group and mode from. Default: as all new files
   */
  replace(path: string, text: string, mtime?: number | undefined, like?: Ownership | undefined): void {
    const bytes = Buffer.from(text);
    this.#making(path, (safe) => this.#replace(safe, bytes, mtime, like));
  }

  #replace(path: string, bytes: Buffer, mtime: number | undefined, like: Ownership | undefined): void {
    const temporary = temporaryPath(path);
    const fd = this.#create(temporary, like);
    try {
      try {
        writeWhole(fd, bytes);
        if (like !== undefined) takeAfter(fd, like);
        if (mtime !== undefined) futimesSync(fd, mtime / 1000, mtime / 1000);
        if (this.#fsync) fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(temporary, path);
    } catch (error) {
      removeIfPossible(temporary);
      throw error;
    }
    this.#syncFolder(dirname(path));
  }

  /**
   * Adds to the end of a file, made if need be.
   * @returns its size now; null, and nothing done, where it has a second name elsewhere
   */
  append(path: string, text: string): number | null {
    return this.#making(path, (safe) => {
      const there = openIfThere(safe);
      const fd = there ?? this.#create(safe);
      try {
        const { nlink, size } = fstatSync(fd);
        if (nlink > 1) return null;
        const bytes = Buffer.from(text);
        writeWhole(fd, bytes);
        if (this.#fsync) fsyncSync(fd);
        if (there === null) this.#syncFolder(dirname(safe));
        return size + bytes.length;
      } finally {
        closeSync(fd);
      }
    });
  }

  /** Opens a file that all processes share, made if need be: root gives it to the owner of `like`, or of the folder. */
  openShared(path: string, like?: Ownership | undefined): number {
    return this.#making(path, (safe) => this.#createUnlessThere(safe, like) ?? openSync(safe, SHARED));
  }

  /** False when there was no such file. */
  remove(path: string): boolean {
    const removed = this.#ifThere(path, (safe) => {
      unlinkSync(safe);
      this.#syncFolder(dirname(safe));
      return true;
    });
    return removed ?? false;
  }

  /** Gives a file another time (ms). */
  setTime(path: string, mtime: number): void {
    this.#ifThere(path, (safe) => withPlainFile(safe, (fd) => futimesSync(fd, mtime / 1000, mtime / 1000)));
  }

  /** Null when the file, or its folder, is not there. */
  #ifThere<T>(path: string, work: (path: string) => T): T | null {
    try {
      return this.folders.within(path, work);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
  }

  /** Somebody may remove the folder, empty as it is, before our file is in it: so it is made more than once. */
  #making<T>(path: string, work: (path: string) => T): T {
    for (let attempt = 1; ; attempt++) {
      try {
        return this.folders.within(path, work);
      } catch (error) {
        if (errorCode(error) !== 'ENOENT' || attempt === 10) throw error;
        this.#makeFolder(dirname(path));
      }
    }
  }

  #createUnlessThere(path: string, like?: Ownership | undefined): number | null {
    try {
      return this.#create(path, like);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return null;
      throw error;
    }
  }

  /** A file that is new for certain: what was there already, root must not give away. */
  #create(path: string, like?: Ownership | undefined): number {
    const fd = createFile(path);
    const owner = (process.geteuid?.() === 0 && like) || this.#ownerForRoot();
    if (owner !== null) fchownSync(fd, owner.uid, owner.gid);
    return fd;
  }

  #makeFolder(path: string): void {
    const owner = this.#ownerForRoot();
    for (const made of makeFolders(path)) {
      if (owner !== null) lchownSync(made, owner.uid, owner.gid);
      this.#syncFolder(dirname(made));
    }
  }

  #ownerForRoot(): { uid: number; gid: number } | null {
    if (process.geteuid?.() !== 0) return null;
    const { root } = this.folders;
    return root === null || root.uid === 0 ? null : root;
  }

  #syncFolder(path: string): void {
    if (!this.#fsync || process.platform === 'win32') return; // where a folder can't be opened
    const fd = openSync(path, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }
}

/** A failed write's temporary file is not worth a second error: `sweep` finds it. */
function removeIfPossible(path: string): void {
  try {
    unlinkSync(path);
  } catch {}
}

/** Null when there is no such file. */
function openIfThere(path: string): number | null {
  try {
    return openSync(path, SHARED | constants.O_APPEND);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function temporaryPath(path: string): string {
  temporaryFiles = (temporaryFiles + 1) % 0x10000;
  const unique = PROCESS + temporaryFiles.toString(16).padStart(4, '0');
  return join(dirname(path), `.${basename(path)}.${unique}.tmp`);
}
