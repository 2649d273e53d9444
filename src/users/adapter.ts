import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import type { SyncAdapter } from 'lowdb';
import { errorCode } from '../base/errors.js';
import type { Ownership } from '../disk/ownership.js';
import { readWhole } from '../disk/plain-file.js';
import type { Disk } from '../disk/writer.js';
import { parseUserFile, type UserFile } from './stored.js';

/** Waits for no writer of a pipe. */
const FOLLOWING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
const NOT_FOLLOWING = FOLLOWING | (constants.O_NOFOLLOW ?? 0);

/**
 * The file of users as a lowdb adapter, for one reading and one writing. What is written replaces what was read, and has
 * its owner, group and mode, taken from the very file that was open: whoever swaps files meanwhile gains nothing.
 */
export class UserFileAdapter implements SyncAdapter<UserFile> {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #flags: number;
  #replaced: Ownership | undefined;

  /** @param links whether a symbolic link, as in a mounted secret, is read through */
  constructor(disk: Disk, path: string, links: 'follow' | 'refuse') {
    this.#disk = disk;
    this.#path = path;
    this.#flags = links === 'follow' ? FOLLOWING : NOT_FOLLOWING;
  }

  /** Whether there was a file to read. */
  get found(): boolean {
    return this.#replaced !== undefined;
  }

  /** Null when there is no such file. */
  read(): UserFile | null {
    const fd = this.#open();
    if (fd === null) return null;
    try {
      this.#replaced = fstatSync(fd);
      return parseUserFile(this.#path, readWhole(fd).text);
    } finally {
      closeSync(fd);
    }
  }

  write(data: UserFile): void {
    this.#disk.replace(this.#path, JSON.stringify(data), undefined, this.#replaced);
  }

  #open(): number | null {
    try {
      return openSync(this.#path, this.#flags);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
  }
}
