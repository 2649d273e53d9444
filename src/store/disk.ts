import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../errors.js';
import { type Ownership, takeAfter } from './ownership.js';
import { bytesOf, writeWhole } from './plain-file.js';

/** `process`: what was written survives the process. `fsync`: a power cut too. */
export type Durability = 'process' | 'fsync';

/** Opens what is there, but not through a symbolic link. */
const SHARED = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Names of temporary files differ between processes by this, within one by a count. */
const PROCESS = randomBytes(4).toString('hex');
let temporaryFiles = 0;

/**
 * Writes the files of a store's folder: replaced whole, mode 0600, in folders of mode 0700 made when needed.
 * What root writes (an operator with sudo) belongs to the owner of the folder, or the server could not read it.
 */
export class Disk {
  readonly #root: string;
  readonly #fsync: boolean;
  #owner: { uid: number; gid: number } | null = null;

  constructor(root: string, durability: Durability) {
    this.#root = root;
    this.#fsync = durability === 'fsync';
  }

  /**
   * Puts a new file in the place of what is there. It is written beside it, under a name that nobody else has,
   * and then renamed: whoever reads, or kills us, finds the old or the new.
   * @param mtime the time (ms) that the file shall bear
   * @param like what it shall take owner, group and mode from. Default: as all new files
   */
  replace(path: string, text: string, mtime?: number | undefined, like?: Ownership | undefined): void {
    const bytes = bytesOf(text);
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

  /** Adds to the end of a file, made if need be. False, and nothing done, where it has a second name elsewhere. */
  append(path: string, text: string): boolean {
    const there = openIfThere(path);
    const fd = there ?? this.#create(path);
    try {
      if (fstatSync(fd).nlink > 1) return false;
      writeWhole(fd, Buffer.from(text));
      if (this.#fsync) fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    if (there === null) this.#syncFolder(dirname(path));
    return true;
  }

  /** Opens a file that all processes share, made if need be: root gives it to the owner of `like`, or of the folder. */
  openShared(path: string, like?: Ownership | undefined): number {
    return this.#createUnlessThere(path, like) ?? openSync(path, SHARED);
  }

  /** False when there was no such file. */
  remove(path: string): boolean {
    try {
      unlinkSync(path);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    }
    this.#syncFolder(dirname(path));
    return true;
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
    if (this.#ownerForRoot() !== null) this.#assertNoLinks(dirname(path));
    const fd = this.#openNew(path);
    const owner = (process.geteuid?.() === 0 && like) || this.#ownerForRoot();
    if (owner !== null) fchownSync(fd, owner.uid, owner.gid);
    return fd;
  }

  /** Lest the owner of the store have root make files elsewhere, and give them away, by a link in place of a folder. */
  #assertNoLinks(folder: string): void {
    for (let part = folder; part.length > this.#root.length; part = dirname(part)) {
      const isLink = lstatSync(part, { throwIfNoEntry: false })?.isSymbolicLink();
      if (isLink) throw Object.assign(new Error('ELOOP'), { code: 'ELOOP', syscall: 'open' });
    }
  }

  /** Somebody may remove the folder, empty as it is, before our file is in it: so more than once. */
  #openNew(path: string): number {
    for (let attempt = 1; ; attempt++) {
      try {
        return openSync(path, 'wx+', 0o600);
      } catch (error) {
        if (errorCode(error) !== 'ENOENT' || attempt === 10) throw error;
        this.#makeFolder(dirname(path));
      }
    }
  }

  #makeFolder(path: string): void {
    const first = makeFolders(path);
    if (first === undefined) return;
    const owner = this.#ownerForRoot();
    for (let made = path; made.length >= first.length; made = dirname(made)) {
      if (owner !== null) lchownSync(made, owner.uid, owner.gid);
      this.#syncFolder(dirname(made));
    }
  }

  #ownerForRoot(): { uid: number; gid: number } | null {
    if (process.geteuid?.() !== 0) return null;
    this.#owner ??= statSync(this.#root, { throwIfNoEntry: false }) ?? null;
    return this.#owner === null || this.#owner.uid === 0 ? null : this.#owner;
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

/**
 * The first of the folders that were made, as `mkdirSync` tells it. On a read-only file system that one says ENOENT when it
 * is asked for all at once: the first one alone fails with the true cause.
 */
function makeFolders(path: string): string | undefined {
  try {
    return mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    let first = path;
    while (!existsSync(dirname(first))) first = dirname(first);
    mkdirSync(first, { mode: 0o700 });
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return first;
  }
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
