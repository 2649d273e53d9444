import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  fsyncSync,
  futimesSync,
  lchownSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../errors.js';

/** `process`: what was written survives the process. `fsync`: a power cut too. */
export type Durability = 'process' | 'fsync';

/** The largest file that is read or written: far beyond any session, and no danger to the memory. */
export const LARGEST = 16 * 1024 * 1024;

/** Opens neither symbolic links nor, for ever, a pipe that nobody writes to. Undefined where the system has no such flag. */
const READ = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const SHARED = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Reading is synchronous, so one buffer serves all small files. */
const buffer = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Files of a store's folder: read whole, replaced whole, mode 0600, in folders of mode 0700 made when needed.
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

  /** Null when there is no such file. Refuses, with a system error's code, whatever is no plain file of sane size. */
  read(path: string): { text: string; bytes: number } | null {
    let fd: number;
    try {
      fd = openSync(path, READ);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
    try {
      return readWhole(fd);
    } finally {
      closeSync(fd);
    }
  }

  /**
   * Puts a new file in the place of what is there. It is written beside it, under a name that nobody else has,
   * and then renamed: whoever reads, or kills us, finds the old or the new.
   * @param mtime the time (ms) that the file shall bear
   */
  replace(path: string, text: string, mtime?: number | undefined): void {
    const bytes = Buffer.from(text);
    if (bytes.length > LARGEST) throw systemError('EFBIG', 'write');
    const temporary = temporaryPath(path);
    const fd = this.#create(temporary);
    try {
      try {
        writeWhole(fd, bytes);
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

  /** Makes an empty file, unless it is there already. */
  mark(path: string): void {
    const fd = this.#createUnlessThere(path);
    if (fd === null) return;
    closeSync(fd);
    this.#syncFolder(dirname(path));
  }

  /** Opens a file that all processes share, made if need be. */
  openShared(path: string): number {
    return this.#createUnlessThere(path) ?? openSync(path, SHARED);
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

  #createUnlessThere(path: string): number | null {
    try {
      return this.#create(path);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return null;
      throw error;
    }
  }

  /** A file that is new for certain: what was there already, root must not give away. */
  #create(path: string): number {
    const fd = this.#openNew(path);
    const owner = this.#ownerForRoot();
    if (owner !== null) fchownSync(fd, owner.uid, owner.gid);
    return fd;
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
    const first = mkdirSync(path, { recursive: true, mode: 0o700 });
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

function readWhole(fd: number): { text: string; bytes: number } {
  const stats = fstatSync(fd);
  if (stats.isDirectory()) throw systemError('EISDIR', 'read');
  if (!stats.isFile()) throw systemError('ENXIO', 'read');
  if (stats.size > LARGEST) throw systemError('EFBIG', 'read');
  const bytes = stats.size <= buffer.length ? buffer : Buffer.allocUnsafe(stats.size);
  let filled = 0;
  for (let got = 1; got > 0 && filled < stats.size; filled += got) {
    got = readSync(fd, bytes, filled, stats.size - filled, null);
  }
  return { text: bytes.toString('utf8', 0, filled), bytes: filled };
}

/** `writeSync` may write a part only: on a disk that is about to be full, say. */
function writeWhole(fd: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
}

/** A failed write's temporary file is not worth a second error: `sweep` finds it. */
function removeIfPossible(path: string): void {
  try {
    unlinkSync(path);
  } catch {}
}

function temporaryPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
}

function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(code), { code, syscall });
}
