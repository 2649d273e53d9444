import { closeSync, fstatSync, lstatSync, type Stats } from 'node:fs';
import { Folders } from './folders.js';
import { ifExists, READ } from './open.js';
import { openPlainFile, readPlainFile, systemError } from './plain-file.js';
import { openFile } from './spare-files.js';

/** A file that was opened, and its stats then. */
export interface OpenFile {
  fd: number;
  stats: Stats;
}

/** Reads the files of a store's folder. Follows no symbolic link below that folder. */
export class DiskReader {
  readonly folders: Folders;

  constructor(root: string) {
    this.folders = new Folders(root);
  }

  /** The text of a plain file; null when it does not exist. */
  read(path: string): { text: string; bytes: number } | null {
    return this.ifExists(path, readPlainFile);
  }

  /**
   * Opens a file, which the caller closes; null when it does not exist. Follows no symbolic link.
   * @throws a system error: ESTRANGER when the file belongs to an owner whom the store does not trust
   */
  openTrusted(path: string, flags: number = READ): OpenFile | null {
    return this.ifExists(path, (safe) => {
      const fd = openFile(safe, flags);
      try {
        const stats = fstatSync(fd);
        if (!this.folders.isTrusted(stats.uid)) throw systemError('ESTRANGER', 'open');
        return { fd, stats };
      } catch (error) {
        closeSync(fd);
        throw error;
      }
    });
  }

  /** A plain file opened for reading, which the caller closes; null when it does not exist. */
  open(path: string): number | null {
    return this.ifExists(path, openPlainFile);
  }

  /**
   * The stats of the file or link of this name. The path is not a safe one: use the stats only for decisions that stay
   * harmless when another user swaps the folder.
   */
  stats(path: string): Stats | undefined {
    return lstatSync(this.folders.at(path), { throwIfNoEntry: false });
  }

  /** Passes `work` a safe path. Null when the file, or its folder, does not exist. */
  protected ifExists<T>(path: string, work: (path: string) => T): T | null {
    return ifExists(() => this.folders.within(path, work));
  }
}
