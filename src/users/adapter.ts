import { fstatSync } from 'node:fs';
import type { SyncAdapter } from 'lowdb';
import { closeAfter, openIfExists, READ, READ_LINKED } from '../disk/open.js';
import type { Ownership } from '../disk/ownership.js';
import { assertReadable, readWhole, systemError } from '../disk/plain-file.js';
import type { DiskWriter } from '../disk/writer.js';
import { parseUserFile, type UserFile } from './user-file.js';

/**
 * The user file as a lowdb adapter, for one read and one write. The written file replaces the one that was read, and gets
 * the owner, group and mode of that open file. So an attacker who swaps files between read and write gains nothing.
 */
export class UserFileAdapter implements SyncAdapter<UserFile> {
  readonly #disk: DiskWriter;
  readonly #path: string;
  readonly #name: string;
  readonly #flags: number;
  #replaced: Ownership | undefined;

  /**
   * @param links whether to read through a symbolic link, as in a mounted secret, or to fail with ELOOP
   * @param name the file in messages. Default: its path
   */
  constructor(
    disk: DiskWriter,
    path: string,
    { links, name = path }: { links: 'follow' | 'refuse'; name?: string },
  ) {
    this.#disk = disk;
    this.#path = path;
    this.#name = name;
    this.#flags = links === 'follow' ? READ_LINKED : READ;
  }

  /** Whether the read found a file. */
  get found(): boolean {
    return this.#replaced !== undefined;
  }

  /** Null when the file does not exist. */
  read(): UserFile | null {
    const file = openIfExists(this.#path, this.#flags);
    if (file === null) return null;
    return closeAfter(file, (fd) => {
      const stats = fstatSync(fd);
      // A read of a folder fails with a better word.
      if (!stats.isFile() && !stats.isDirectory()) throw systemError('ENXIO', 'read');
      this.#replaced = stats;
      return parseUserFile(this.#name, readWhole(fd).text);
    });
  }

  write(data: UserFile): void {
    const text = JSON.stringify(data);
    assertReadable(text);
    this.#disk.replace(this.#path, text, undefined, this.#replaced);
  }
}
