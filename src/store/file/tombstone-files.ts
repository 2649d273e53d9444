import { HOUR } from '../../base/clock.js';
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
    const text = this.#text(id);
    return text === null ? null : (parseTombstone(firstLine(text)) ?? 'unfinished');
  }

  /** The tombstone, or null. An unfinished one lasts until its file's mtime: no writer is at work while the caller has the lock. */
  read(id: string): Tombstone | null {
    const found = this.look(id);
    return found === 'unfinished' ? this.#byTime(id) : found;
  }

  /**
   * Whether there is a tombstone whose time is not over at `at` (ms). Of one that does, removes what a killed writer left of the
   * record: all of it, or what follows the first line. If that is all, the tombstone lasts for an hour from now on, longer than
   * any request does, but no longer than the record.
   */
  holds(id: string, at: number): boolean {
    const text = this.#text(id);
    if (text === null) return false;
    const line = firstLine(text);
    const written = parseTombstone(line);
    const { until } = written ?? this.#byTime(id);
    if (until <= at) return false;
    if (text.length > line.length + 1 || (written === null && text !== ''))
      this.#rewrite(id, written ?? { reason: 'destroyed', at, until: Math.min(until, at + HOUR) });
    return true;
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
   * tombstone overwrites the record, so that no value of the session stays on the disk; the next sweep does so if the process is
   * killed in between. On a full disk the file is emptied.
   * @returns false, with nothing done, when there is no readable record, or its file cannot be renamed on a full disk
   */
  tryTurn(file: RecordFile, id: string, tombstone: Tombstone): boolean {
    const { until } = tombstone;
    let isTurned = false;
    shortageIn(() => {
      isTurned = file.turnInto(this.#layout.tombstone(id), (fd) => {
        // Without room for a tombstone, the renamed file is one whose text the next sweep mends.
        if (fd === null) return void (this.tryWrite(id, tombstone) && this.tryWriteEmpty(id, tombstone));
        const overwrite = (text: string) => this.#disk.overwrite(fd, Buffer.from(text), until);
        if (shortageIn(() => overwrite(textOf(tombstone))) !== null) overwrite('');
      });
    });
    return isTurned;
  }

  #text(id: string): string | null {
    return this.#disk.read(this.#layout.tombstone(id))?.text ?? null;
  }

  #byTime(id: string): Tombstone {
    const until = Math.round(this.#disk.stats(this.#layout.tombstone(id))?.mtimeMs ?? 0);
    return { reason: 'destroyed', at: until, until };
  }

  #rewrite(id: string, tombstone: Tombstone): void {
    const error = this.tryWrite(id, tombstone) && this.tryWriteEmpty(id, tombstone);
    if (error !== null) throw error;
  }

  remove(id: string): void {
    this.#disk.remove(this.#layout.tombstone(id));
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
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
