import type { Stats } from 'node:fs';
import { dirname } from 'node:path';
import { LowSync } from 'lowdb';
import {
  DeniedRecordError,
  errorCode,
  isDenied,
  isForeign,
  UnreadableRecordError,
} from '../../base/errors.js';
import { frozen } from '../../base/frozen.js';
import { APPEND, READ } from '../../disk/open.js';
import type { FileStamp, LeftState } from '../../disk/stamp.js';
import type { DiskWriter } from '../../disk/writer.js';
import type { SessionRecord, StoreEntry } from '../contract.js';
import { parseRecord, type Storable } from '../record.js';
import { type FileGaps, statsOf } from './gaps.js';
import type { FileLayout } from './layout.js';
import { OpenRecords } from './open-records.js';
import { RecentRecords } from './recent-records.js';
import { RecordFile } from './record-file.js';
import type { StoredLine } from './record-lines.js';
import { ROOM, roomFor } from './record-room.js';
import { deniedReason, foreignReason, unreadableReason } from './unreadable.js';

type Database = LowSync<StoredLine | null>;

/**
 * The records, one lowdb database each. The file's mtime is the record's `expires`, and in its fractions of a millisecond the
 * revision (`record-time.ts`). Writers hold the session's lock.
 */
export class RecordFiles {
  readonly #disk: DiskWriter;
  readonly #layout: FileLayout;
  readonly #gaps: FileGaps;
  readonly #recents = new RecentRecords();
  readonly #files: OpenRecords;

  /** @param whenGrown as for `OpenRecords` */
  constructor(disk: DiskWriter, layout: FileLayout, gaps: FileGaps, whenGrown: (id: string) => void) {
    this.#disk = disk;
    this.#layout = layout;
    this.#gaps = gaps;
    this.#files = new OpenRecords(whenGrown);
  }

  /**
   * The record, or null.
   * @param isShared it is frozen, and shared with others; else it is the caller's own
   * @throws UnreadableRecordError, also DeniedRecordError
   */
  read(id: string, isShared: boolean): SessionRecord | null {
    const recent = this.#recent(id);
    if (recent !== null) return isShared ? recent.record : parseRecord(id, recent.text);
    return this.#using(id, READ, (database, file) => this.#readNew(id, database, file, isShared));
  }

  /** The record as `scan` yields it, or null. The size is that of the record, not of its file; of the file if unreadable. */
  entry(id: string): StoreEntry | null {
    return this.using(id, READ, (entry) => entry);
  }

  /** Passes `work` the entry of a record, and its open file. @param flags those of `RecordFile` */
  using<T>(id: string, flags: number, work: (entry: StoreEntry | null, file: RecordFile) => T): T {
    return this.#using(id, flags, (database, file) => work(this.#entryIn(id, database), file));
  }

  /** Writes a record of which there is no file. */
  create(stored: Storable): void {
    const line = { ...stored, mayGrow: true };
    new LowSync<StoredLine | null>(this.#file(stored.record.id, READ), line).write();
  }

  /**
   * Replaces a record by what `change` returns; does nothing when there is no record, or `change` returns null.
   * @param isShared `change` gets a frozen record, and what it returns is kept and frozen; else both are its own
   * @throws UnreadableRecordError
   */
  update(id: string, change: (current: SessionRecord) => Storable | null, isShared: boolean): void {
    this.#using(id, APPEND, (database, file) => {
      this.#load(id, database);
      if (database.data === null) return;
      const { record, text } = database.data;
      const next = change(isShared ? frozen(record) : parseRecord(id, text));
      if (next === null) return;
      const line = { ...next, mayGrow: true };
      database.data = line;
      database.write();
      if (isShared && this.#keep(id, file.state, line, isShared)) file.stay();
    });
  }

  /**
   * Replaces the file of a record by its last line, if it has grown above what a file may have that is not open. The caller holds the
   * session's lock. @throws UnreadableRecordError
   */
  shorten(id: string): void {
    this.#using(id, READ, (database, file) => {
      this.#load(id, database);
      const { data } = database;
      const isTooLong = (line: string) => (file.state?.size ?? 0) > roomFor(Buffer.byteLength(line), ROOM);
      if (data?.mayGrow && isTooLong(`${data.text}\n`)) database.write();
    });
  }

  /** Closes the files that stayed open. */
  close(): void {
    this.#files.close();
  }

  /** Whether a file, folder or link has the record's name. */
  exists(id: string): boolean {
    return this.#disk.stats(this.#layout.record(id)) !== undefined;
  }

  /** Returns false when there is no record. */
  remove(id: string): boolean {
    const isRemoved = this.#disk.remove(this.#layout.record(id));
    if (isRemoved) this.#gaps.noteRemoved(id);
    return isRemoved;
  }

  /** When the record expires (ms) according to its file, without reading it. Null when there is no such file. */
  mtime(id: string): number | null {
    const stats = this.#disk.stats(this.#layout.record(id));
    return stats?.isFile() ? Math.round(stats.mtimeMs) : null;
  }

  /** Corrects an mtime that differs from `expires`, as after a restore from backup. */
  correctMtime({ id, expires }: SessionRecord): void {
    if (this.mtime(id) === expires) return;
    try {
      this.#disk.setTime(this.#layout.record(id), expires);
    } catch (error) {
      // Without the right to correct it, each purge reads the record again: no harm.
      if (errorCode(error) === undefined) throw error;
    }
  }

  /** A record of a moment ago. Where other users can change folders, each read checks all of the way again. */
  #recent(id: string): StoredLine | null {
    if (!this.#recents.has(id) || this.#disk.folders.isContested) return null;
    return this.#recents.get(id, this.#disk.stats(this.#layout.record(id)));
  }

  /** Returns whether it was kept. */
  #keep(id: string, state: FileStamp | LeftState | null, stored: StoredLine, isShared: boolean): boolean {
    return (
      state !== null && !this.#disk.folders.isContested && this.#recents.put(id, state, stored, isShared)
    );
  }

  #readNew(id: string, database: Database, file: RecordFile, isShared: boolean): SessionRecord | null {
    this.#load(id, database);
    if (database.data === null) return null;
    this.#keep(id, file.state, database.data, isShared);
    const { record } = database.data;
    return isShared ? frozen(record) : record;
  }

  #entryIn(id: string, database: Database): StoreEntry | null {
    try {
      this.#load(id, database);
      if (database.data === null) return null;
      const { record, text } = database.data;
      return { id, bytes: Buffer.byteLength(text), record };
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
      const stats = this.#disk.stats(this.#layout.record(id));
      if (stats === undefined) return null;
      const isDeniedHere = error instanceof DeniedRecordError;
      return {
        ...{ id, bytes: stats.size, record: null, unreadable: error.reason },
        ...(isDeniedHere && { denied: true }),
      };
    }
  }

  /** Passes `work` the database of a session, which is not read yet. Closes the file after it. */
  #using<T>(id: string, flags: number, work: (database: Database, file: RecordFile) => T): T {
    const file = this.#file(id, flags);
    try {
      return work(new LowSync<StoredLine | null>(file, null), file);
    } finally {
      file.close();
    }
  }

  #load(id: string, database: Database): void {
    try {
      database.read();
      if (database.data !== null) this.#gaps.noteRead();
    } catch (error) {
      if (isDenied(error)) throw this.#denied(id, error);
      const reason = unreadableReason(error);
      throw reason === null ? error : new UnreadableRecordError(id, reason, { cause: error });
    }
  }

  /** The same error where the folder denies access, and not the file. */
  #denied(id: string, cause: unknown): unknown {
    const path = this.#layout.record(id);
    if (isForeign(cause)) return this.#foreign(id, path, cause);
    const stats = statsOf(path);
    if (stats === undefined) return cause;
    this.#gaps.noteSession(id, stats, cause);
    return new DeniedRecordError(id, deniedReason('file', stats), { cause });
  }

  #foreign(id: string, path: string, cause: unknown): unknown {
    const what = (cause as NodeJS.ErrnoException).syscall === 'opendir' ? 'folder' : 'file';
    const stats = statsOf(what === 'file' ? path : dirname(path));
    const owner = this.#disk.folders.root?.uid;
    if (stats === undefined || owner === undefined) return cause;
    this.#gaps.noteSession(id, stats, cause);
    return new DeniedRecordError(id, foreignReason(what, stats, owner), { cause });
  }

  #file(id: string, flags: number): RecordFile {
    const path = this.#layout.record(id);
    // `read` looks among the recent records by itself, and an entry is the caller's own. An update freezes or copies.
    if (flags !== APPEND) return new RecordFile(this.#disk, path, id, { flags });
    const known = (stats: Stats) => this.#recents.get(id, stats);
    return new RecordFile(this.#disk, path, id, { flags, known, files: this.#files });
  }
}
