import { ftruncateSync, futimesSync, renameSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../base/errors.js';
import { Creator } from './creator.js';
import { type Durability, Syncer } from './durability.js';
import { APPEND, closeAfter, openIfExists, WRITE } from './open.js';
import { copyOwnership, type Ownership } from './ownership.js';
import { plainStats, withPlainFile, writeWhole } from './plain-file.js';
import { DiskReader } from './reader.js';
import { openFile } from './spare-files.js';
import { temporaryPath } from './temporary.js';
import { unlinkEach } from './unlink-each.js';

/** Reads and writes the files of a store's folder. Follows no symbolic link below that folder. */
export class DiskWriter extends DiskReader {
  readonly #syncer: Syncer;
  readonly #creator: Creator;

  constructor(root: string, durability: Durability) {
    super(root);
    this.#syncer = new Syncer(durability);
    this.#creator = new Creator(this.folders, this.#syncer);
  }

  /**
   * Replaces a file as a whole, or creates it. Writes a temporary file in the same folder, then renames it: readers, and
   * a process killed at any point, leave the old file or the new one.
   * @param mtime the file's modification time in ms. Default: now
   * @param like the file whose owner, group and mode the new file gets. Default: those of every new file
   */
  replace(
    path: string,
    text: string | Buffer,
    mtime?: number | undefined,
    like?: Ownership | undefined,
  ): void {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    this.#creator.inFolder(path, (safe) => this.#replace(safe, bytes, mtime, like));
  }

  #replace(path: string, bytes: Buffer, mtime: number | undefined, like: Ownership | undefined): void {
    const temporary = temporaryPath(path);
    const file = this.#creator.create(temporary, like);
    try {
      closeAfter(file, (fd) => {
        writeWhole(fd, bytes);
        if (like !== undefined) copyOwnership(fd, like);
        if (mtime !== undefined) futimesSync(fd, mtime / 1000, mtime / 1000);
        this.#syncer.file(fd);
      });
      renameSync(temporary, path);
    } catch (error) {
      removeIfPossible(temporary);
      throw error;
    }
    this.#syncer.folder(dirname(path));
  }

  /**
   * Adds text to the end of a file, or creates it. @throws a system error (ENXIO) for a pipe or device, which would swallow it
   * @returns false, with nothing written, when the file has a second name (a hard link)
   */
  append(path: string, text: string): boolean {
    return this.#creator.inFolder(path, (safe) => {
      const existing = openIfExists(safe, APPEND);
      return closeAfter(existing ?? this.#creator.create(safe), (fd) => {
        if (plainStats(fd).nlink > 1) return false;
        writeWhole(fd, Buffer.from(text));
        this.#syncer.file(fd);
        if (existing === null) this.#syncer.folder(dirname(safe));
        return true;
      });
    });
  }

  /** Adds bytes to the end of an open file, and sets its modification time (ms). */
  grow(fd: number, bytes: Buffer, mtime: number): void {
    writeWhole(fd, bytes);
    futimesSync(fd, mtime / 1000, mtime / 1000);
    this.#syncer.file(fd);
  }

  /** Replaces the content of an open file in place, and sets its modification time (ms). */
  overwrite(fd: number, bytes: Buffer, mtime: number): void {
    writeWhole(fd, bytes);
    ftruncateSync(fd, bytes.length);
    futimesSync(fd, mtime / 1000, mtime / 1000);
    this.#syncer.file(fd);
  }

  /** Renames a file within its folder. Returns false when it does not exist. */
  rename(from: string, to: string): boolean {
    const renamed = this.ifExists(from, (safe) => {
      renameSync(safe, join(dirname(safe), basename(to)));
      this.#syncer.folder(dirname(safe));
      return true;
    });
    return renamed ?? false;
  }

  /** Opens a file that all processes share, or creates it. Root gives a new one to the owner of `like`, or of the folder. */
  openShared(path: string, like?: Ownership | undefined): number {
    return this.#creator.inFolder(
      path,
      (safe) => this.#creator.createIfAbsent(safe, like) ?? openFile(safe, WRITE),
    );
  }

  /** Returns false when the file does not exist. */
  remove(path: string): boolean {
    const removed = this.ifExists(path, (safe) => {
      unlinkSync(safe);
      this.#syncer.folder(dirname(safe));
      return true;
    });
    return removed ?? false;
  }

  /**
   * Removes files of one folder on other threads. Returns for each whether it was there, or the error.
   * @throws a system error when the folder is not safe, or cannot be made durable
   */
  async removeEach(folder: string, names: readonly string[]): Promise<(boolean | Error)[]> {
    return this.folders.during(folder, async (safe) => {
      const errors = await unlinkEach(names.map((name) => `${safe}/${name}`));
      this.#syncer.folder(safe);
      return errors.map((error) => (errorCode(error) === 'ENOENT' ? false : (error ?? true)));
    });
  }

  /** Sets the modification time (ms) of a file, if it exists. */
  setTime(path: string, mtime: number): void {
    this.ifExists(path, (safe) => withPlainFile(safe, (fd) => futimesSync(fd, mtime / 1000, mtime / 1000)));
  }
}

/** Ignores errors: `sweep` removes what remains, and the caller throws the error of the write. */
function removeIfPossible(path: string): void {
  try {
    unlinkSync(path);
  } catch {}
}
