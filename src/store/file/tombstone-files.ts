import { errorCode } from '../../base/errors.js';
import { DISK_FULL } from '../../disk/fault.js';
import type { DiskWriter } from '../../disk/writer.js';
import type { Tombstone } from '../contract.js';
import { parseTombstone } from '../record.js';
import type { FileLayout } from './layout.js';
import type { RecordFile } from './record-file.js';

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

  /**
   * The tombstone, or null. `'unfinished'`: a writer is turning the record into it, or was killed meanwhile; or a power cut or
   * a full disk left no text. Needs no lock.
   */
  look(id: string): Tombstone | 'unfinished' | null {
    const file = this.#disk.read(this.#layout.tombstone(id));
    if (file === null) return null;
    const [line = ''] = file.text.split('\n', 1);
    return parseTombstone(line) ?? 'unfinished';
  }

  /** The tombstone, or null. An unfinished one lasts until its file's mtime: no writer is at work while the caller has the lock. */
  read(id: string): Tombstone | null {
    const found = this.look(id);
    if (found !== 'unfinished') return found;
    const until = Math.round(this.#disk.stats(this.#layout.tombstone(id))?.mtimeMs ?? 0);
    return { reason: 'destroyed', at: until, until };
  }

  write(id: string, tombstone: Tombstone): void {
    this.#disk.replace(this.#layout.tombstone(id), textOf(tombstone), tombstone.until);
  }

  /** Returns the error when the disk, or the table of open files, is full; null when the tombstone is written. */
  tryWrite(id: string, tombstone: Tombstone): Error | null {
    return shortageIn(() => this.write(id, tombstone));
  }

  /** The same, with an empty file, which needs no block on the disk and lasts as long. */
  tryWriteEmpty(id: string, { until }: Tombstone): Error | null {
    return shortageIn(() => this.#disk.replace(this.#layout.tombstone(id), '', until));
  }

  /**
   * Turns the file of the record into the tombstone. The session has ended as soon as the file has its new name; then the
   * tombstone overwrites the record, so that no value of the session stays on the disk. On a full disk the file is emptied.
   * @returns false, with nothing done, when the file must not be written to, or cannot be renamed on a full disk
   */
  tryTurn(file: RecordFile, id: string, tombstone: Tombstone): boolean {
    const { until } = tombstone;
    let isTurned = false;
    shortageIn(() => {
      isTurned = file.turnInto(this.#layout.tombstone(id), (fd) => {
        const overwrite = (text: string) => this.#disk.overwrite(fd, Buffer.from(text), until);
        if (shortageIn(() => overwrite(textOf(tombstone))) !== null) overwrite('');
      });
    });
    return isTurned;
  }

  remove(id: string): void {
    this.#disk.remove(this.#layout.tombstone(id));
  }
}

function textOf(tombstone: Tombstone): string {
  return `${JSON.stringify(tombstone)}\n`;
}

function shortageIn(work: () => void): Error | null {
  try {
    work();
    return null;
  } catch (error) {
    if (!SHORTAGES.has(errorCode(error))) throw error;
    return error as Error;
  }
}
