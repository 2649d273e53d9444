import { errorCode } from '../../base/errors.js';
import { DISK_FULL } from '../../disk/fault.js';
import type { DiskWriter } from '../../disk/writer.js';
import type { Tombstone } from '../contract.js';
import { parseTombstone } from '../record.js';
import type { FileLayout } from './layout.js';

/** Errors of a write that do not keep a file from being removed: the disk or the table of open files is full. */
const SHORTAGES: ReadonlySet<string | undefined> = new Set([...DISK_FULL, 'EMFILE', 'ENFILE']);

/** The tombstones of ended sessions, one file each. Writers hold the session's lock. */
export class TombstoneFiles {
  readonly #disk: DiskWriter;
  readonly #layout: FileLayout;

  constructor(disk: DiskWriter, layout: FileLayout) {
    this.#disk = disk;
    this.#layout = layout;
  }

  exists(id: string): boolean {
    return this.#disk.stats(this.#layout.tombstone(id)) !== undefined;
  }

  /** The tombstone, or null. One that a power cut or a full disk left unreadable lasts until its file's mtime. */
  read(id: string): Tombstone | null {
    const path = this.#layout.tombstone(id);
    const file = this.#disk.read(path);
    if (file === null) return null;
    const until = Math.round(this.#disk.stats(path)?.mtimeMs ?? 0);
    return parseTombstone(file.text) ?? { reason: 'destroyed', at: until, until };
  }

  write(id: string, tombstone: Tombstone): void {
    this.#replace(id, tombstone, JSON.stringify(tombstone));
  }

  /** Returns the error when the disk, or the table of open files, is full; null when the tombstone is written. */
  tryWrite(id: string, tombstone: Tombstone): Error | null {
    return this.#tryReplace(id, tombstone, JSON.stringify(tombstone));
  }

  /** The same, with an empty file, which needs no block on the disk and lasts as long. */
  tryWriteEmpty(id: string, tombstone: Tombstone): Error | null {
    return this.#tryReplace(id, tombstone, '');
  }

  remove(id: string): void {
    this.#disk.remove(this.#layout.tombstone(id));
  }

  #tryReplace(id: string, tombstone: Tombstone, text: string): Error | null {
    try {
      this.#replace(id, tombstone, text);
      return null;
    } catch (error) {
      if (!SHORTAGES.has(errorCode(error))) throw error;
      return error as Error;
    }
  }

  #replace(id: string, { until }: Tombstone, text: string): void {
    this.#disk.replace(this.#layout.tombstone(id), text, until);
  }
}
