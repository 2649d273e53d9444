import { lstatSync, utimesSync } from 'node:fs';
import { LowSync } from 'lowdb';
import { errorCode, UnreadableRecordError } from '../errors.js';
import type { SessionRecord, StoreEntry, Trace } from './contract.js';
import type { Disk } from './disk.js';
import type { FileLayout } from './file-layout.js';
import { JsonFile } from './json-file.js';
import { readPlainFile } from './plain-file.js';
import { parseRecord, parseTrace, type Storable } from './record.js';

const NO_FILE = 'it is a pipe, socket or device, not a file';

/** What makes one record unreadable, and not the store. */
const UNREADABLE: Readonly<Record<string, string>> = {
  ELOOP: 'it is a symbolic link, and the store follows none',
  EISDIR: 'it is a folder, not a file',
  ENXIO: NO_FILE,
  ESPIPE: NO_FILE,
  EFBIG: 'it is larger than 16 MB',
  EIO: 'the disk reports an error: look at the system log',
};

const FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT']);

/** The files of single sessions: one lowdb database each. Whoever writes holds the session's lock. */
export class RecordFiles {
  readonly #disk: Disk;
  readonly #layout: FileLayout;

  constructor(disk: Disk, layout: FileLayout) {
    this.#disk = disk;
    this.#layout = layout;
  }

  /** The record, or null. @throws UnreadableRecordError */
  read(id: string): SessionRecord | null {
    return this.#open(id).data;
  }

  /** The record as `scan` shows it, or null. */
  entry(id: string): StoreEntry | null {
    try {
      const { data: record, bytes } = this.#open(id);
      return record === null ? null : { id, bytes, record };
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
      const stats = lstatSync(this.#layout.record(id), { throwIfNoEntry: false });
      return stats === undefined ? null : { id, bytes: stats.size, record: null, unreadable: error.reason };
    }
  }

  write({ record, text }: Storable): void {
    new LowSync<SessionRecord | null>(
      this.#file(record.id, () => text),
      record,
    ).write();
  }

  /** Whether anything at all has the record's name. */
  exists(id: string): boolean {
    return lstatSync(this.#layout.record(id), { throwIfNoEntry: false }) !== undefined;
  }

  /**
   * Removes a record, and leaves a trace if one is given. The trace comes first (I2), but on a full disk only once
   * the record has made room: a logout must not fail for want of space.
   */
  remove(id: string, trace?: Trace): boolean {
    const path = this.#layout.record(id);
    if (trace === undefined || this.#hasLeftTrace(id, trace)) return this.#disk.remove(path);
    const removed = this.#disk.remove(path);
    this.leaveTrace(id, trace);
    return removed;
  }

  leaveTrace(id: string, trace: Trace): void {
    this.#disk.replace(this.#layout.trace(id), JSON.stringify(trace), trace.until);
  }

  /** When the record may have expired, as its file says: without reading it. Null for what is no file. */
  mtime(id: string): number | null {
    const stats = lstatSync(this.#layout.record(id), { throwIfNoEntry: false });
    return stats?.isFile() ? Math.round(stats.mtimeMs) : null;
  }

  /** Corrects a file's time that says something else than its content, as after a restore from backup. */
  healMtime({ id, expires }: SessionRecord): void {
    if (this.mtime(id) === expires) return;
    try {
      utimesSync(this.#layout.record(id), expires / 1000, expires / 1000);
    } catch (error) {
      // Somebody who may not mend it only reads the record again at each purge.
      if (errorCode(error) === undefined) throw error;
    }
  }

  /** A trace that a power cut made unreadable still says by its file's time how long it holds. */
  trace(id: string): Trace | null {
    const path = this.#layout.trace(id);
    const file = readPlainFile(path);
    if (file === null) return null;
    const until = Math.round(lstatSync(path).mtimeMs);
    return parseTrace(file.text) ?? { reason: 'destroyed', at: until, until };
  }

  /** False when the disk is full. */
  #hasLeftTrace(id: string, trace: Trace): boolean {
    try {
      this.leaveTrace(id, trace);
      return true;
    } catch (error) {
      if (!FULL.has(errorCode(error))) throw error;
      return false;
    }
  }

  #open(id: string): { data: SessionRecord | null; bytes: number } {
    const file = this.#file(id);
    const database = new LowSync<SessionRecord | null>(file, null);
    try {
      database.read();
    } catch (error) {
      throw this.#unreadable(id, error) ?? error;
    }
    return { data: database.data, bytes: file.bytes };
  }

  #file(id: string, format?: () => string): JsonFile<SessionRecord | null> {
    return new JsonFile<SessionRecord | null>(this.#disk, this.#layout.record(id), {
      parse: (text) => parseRecord(id, text),
      mtime: (record) => record?.expires,
      ...(format && { format }),
    });
  }

  #unreadable(id: string, error: unknown): UnreadableRecordError | null {
    const code = errorCode(error) ?? '';
    const reason = code === 'EACCES' ? this.#whyDenied(id) : UNREADABLE[code];
    return reason === undefined ? null : new UnreadableRecordError(id, reason, { cause: error });
  }

  /** A file that is not ours to read is one bad record; a folder that is not is a fault of the store. */
  #whyDenied(id: string): string | undefined {
    lstatSync(this.#layout.record(id));
    return 'permission denied: its file belongs to another user, mend its owner or mode';
  }
}
