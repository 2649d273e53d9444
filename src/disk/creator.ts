import { fchownSync, lchownSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../base/errors.js';
import type { Syncer } from './durability.js';
import type { Folders } from './folders.js';
import { createFile } from './make.js';
import type { Ownership } from './ownership.js';

/** How often to create a folder that others remove again. */
const ATTEMPTS = 10;

/**
 * Creates files of mode 0600, and folders of mode 0700, in a store. Root gives what it creates to the owner of the
 * store's folder: else the server could not read what an operator writes with sudo.
 */
export class Creator {
  readonly #folders: Folders;
  readonly #syncer: Syncer;

  constructor(folders: Folders, syncer: Syncer) {
    this.#folders = folders;
    this.#syncer = syncer;
  }

  /**
   * Passes `work` a safe path to the file at `path`, and creates the folder if it is missing. Tries again when another
   * process removes the empty folder before the file is in it.
   */
  inFolder<T>(path: string, work: (path: string) => T): T {
    for (let attempt = 1; ; attempt++) {
      try {
        return this.#folders.within(path, work);
      } catch (error) {
        if (errorCode(error) !== 'ENOENT' || attempt === ATTEMPTS) throw error;
        this.#makeFolder(dirname(path));
      }
    }
  }

  /**
   * Creates and opens a file. Root gives it to the owner of `like`, or else of the store's folder.
   * @throws EEXIST when the name is taken: root must give away only files that it made
   */
  create(path: string, like?: Ownership | undefined): number {
    const fd = createFile(path);
    const owner = (process.geteuid?.() === 0 && like) || this.#ownerForRoot();
    if (owner !== null) fchownSync(fd, owner.uid, owner.gid);
    return fd;
  }

  /** The same; null when the name is taken. */
  createIfAbsent(path: string, like?: Ownership | undefined): number | null {
    try {
      return this.create(path, like);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return null;
      throw error;
    }
  }

  #makeFolder(path: string): void {
    const owner = this.#ownerForRoot();
    for (const made of this.#folders.make(path)) {
      if (owner !== null) lchownSync(made, owner.uid, owner.gid);
      this.#syncer.folder(dirname(made));
    }
  }

  /** The owner to whom root gives new files; null when new files stay with this process's user. */
  #ownerForRoot(): { uid: number; gid: number } | null {
    if (process.geteuid?.() !== 0) return null;
    const { root } = this.#folders;
    return root === null || root.uid === 0 ? null : root;
  }
}
