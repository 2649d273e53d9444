import { LowSync } from 'lowdb';
import { errorCode, UnreadableRecordError } from '../../base/errors.js';
import { JsonFile } from '../../disk/json-file.js';
import type { DiskWriter } from '../../disk/writer.js';
import type { SessionRecord, StoreEntry } from '../contract.js';
import { parseRecord, type Storable } from '../record.js';
import type { FileLayout } from './layout.js';
import { unreadableReason } from './unreadable.js';

/** The records, one lowdb database each. The file's mtime is the record's `expires`. Writers hold the session's lock. */
export class RecordFiles {
  readonly #disk: DiskWriter;
  readonly #layout: FileLayout;

  constructor(disk: DiskWriter, layout: FileLayout) {
    this.#disk = disk;
    this.#layout = layout;
  }

  /** The record, or null. @throws UnreadableRecordError */
  read(id: string): SessionRecord | null {
    return this.#open(id).data;
  }

  /** The record as `scan` yields it, or null. */
  entry(id: string): StoreEntry | null {
    try {
      const { data: record, bytes } = this.#open(id);
      return record === null ? null : { id, bytes, record };
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
      const stats = this.#disk.stats(this.#layout.record(id));
      return stats === undefined ? null : { id, bytes: stats.size, record: null, unreadable: error.reason };
    }
  }

  write({ record, text }: Storable): void {
    new LowSync<SessionRecord | null>(
      this.#file(record.id, () => text),
      record,
    ).write();
  }

  /** Whether a file, folder or link has the record's name. */
  exists(id: string): boolean {
    return this.#disk.stats(this.#layout.record(id)) !== undefined;
  }

  /** Returns false when there is no record. */
  remove(id: string): boolean {
    return this.#disk.remove(this.#layout.record(id));
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

  #open(id: string): { data: SessionRecord | null; bytes: number } {
    const file = this.#file(id);
    const database = new LowSync<SessionRecord | null>(file, null);
    try {
      database.read();
    } catch (error) {
      const reason = unreadableReason(error, () => this.exists(id));
      throw reason === null ? error : new UnreadableRecordError(id, reason, { cause: error });
    }
    return { data: database.data, bytes: file.bytes };
  }

  #file(id: string, format?: () => string): JsonFile<SessionRecord | null> {
    return new JsonFile<SessionRecord | null>(this.#disk, this.#layout.record(id), {
      parse: (text) => parseRecord(id, text),
      mtime: (record) => record?.expires,
      trustedOnly: true,
      ...(format && { format }),
    });
  }
}
