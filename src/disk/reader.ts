import { lstatSync, type Stats } from 'node:fs';
import { Folders } from './folders.js';
import { ifExists } from './open.js';
import { openPlainFile, readPlainFile, systemError } from './plain-file.js';

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

  /** The same, but refuses the file of an owner whom the store does not trust. @throws a system error: ESTRANGER */
  readTrusted(path: string): { text: string; bytes: number } | null {
    return this.ifExists(path, (safe) =>
      readPlainFile(safe, ({ uid }) => {
        if (!this.folders.isTrusted(uid)) throw systemError('ESTRANGER', 'open');
      }),
    );
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
    return lstatSync(path, { throwIfNoEntry: false });
  }

  /** Passes `work` a safe path. Null when the file, or its folder, does not exist. */
  protected ifExists<T>(path: string, work: (path: string) => T): T | null {
    return ifExists(() => this.folders.within(path, work));
  }
}
