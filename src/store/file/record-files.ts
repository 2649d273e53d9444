import { LowSync } from 'lowdb';
import { errorCode, UnreadableRecordError } from '../../base/errors.js';
import { DISK_FULL } from '../../disk/fault.js';
import { JsonFile } from '../../disk/json-file.js';
import type { DiskWriter } from '../../disk/writer.js';
import type { SessionRecord, StoreEntry, Tombstone } from '../contract.js';
import { parseRecord, parseTombstone, type Storable } from '../record.js';
import type { FileLayout } from './layout.js';

const NO_FILE = 'it is a pipe, socket or device, not a file';

/** What makes one record unreadable, and not the store. */
const UNREADABLE: Readonly<Record<string, string>> = {
  ELOOP: 'it is a symbolic link, and the store follows none',
  EISDIR: 'it is a folder, not a file',
  ENXIO: NO_FILE,
  ESPIPE: NO_FILE,
  EFBIG: 'it is larger than 16 MB',
  ESTRANGER:
    "its file belongs to somebody else than the store's owner: remove it, or give it to the owner with chown if it is meant to be here",
  EIO: 'the disk reports an error: look at the system log',
};

/** What an `unlink` needs none of, so that it works where a tombstone cannot be written. */
const SHORT: ReadonlySet<string | undefined> = new Set([...DISK_FULL, 'EMFILE', 'ENFILE']);

/** The files of single sessions: one lowdb database each. Whoever writes holds the session's lock. */
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

  /** The record as `scan` shows it, or null. */
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

  /** Whether anything at all has the record's name. */
  exists(id: string): boolean {
    return this.#disk.stats(this.#layout.record(id)) !== undefined;
  }

  /**
   * Removes a record, and leaves a tombstone if one is given. The tombstone comes first (I2), but on a full disk, and where no file
   * can be opened, only once the record is gone: a logout must not fail for want of space. What others fill meanwhile may
   * leave room for an empty tombstone, which holds as long, or for none; the record is gone even so.
   */
  remove(id: string, tombstone?: Tombstone): boolean {
    const path = this.#layout.record(id);
    if (tombstone === undefined || this.#lackOfRoom(id, tombstone) === null) return this.#disk.remove(path);
    const removed = this.#disk.remove(path);
    const lack = this.#lackOfRoom(id, tombstone) && this.#lackOfRoom(id, tombstone, '');
    if (lack !== null && !removed) throw lack;
    return removed;
  }

  writeTombstone(id: string, tombstone: Tombstone, text = JSON.stringify(tombstone)): void {
    this.#disk.replace(this.#layout.tombstone(id), text, tombstone.until);
  }

  removeTombstone(id: string): void {
    this.#disk.remove(this.#layout.tombstone(id));
  }

  /** When the record may have expired, as its file says: without reading it. Null for what is no file. */
  mtime(id: string): number | null {
    const stats = this.#disk.stats(this.#layout.record(id));
    return stats?.isFile() ? Math.round(stats.mtimeMs) : null;
  }

  /** Corrects a file's time that says something else than its content, as after a restore from backup. */
  healMtime({ id, expires }: SessionRecord): void {
    if (this.mtime(id) === expires) return;
    try {
      this.#disk.setTime(this.#layout.record(id), expires);
    } catch (error) {
      // Somebody who may not mend it only reads the record again at each purge.
      if (errorCode(error) === undefined) throw error;
    }
  }

  /** Whether a tombstone is there: then nothing is opened under this id, whatever record there is. */
  isGone(id: string): boolean {
    return this.#disk.stats(this.#layout.tombstone(id)) !== undefined;
  }

  /** A tombstone that a power cut made unreadable still says by its file's time how long it holds. */
  tombstone(id: string): Tombstone | null {
    const path = this.#layout.tombstone(id);
    const file = this.#disk.read(path);
    if (file === null) return null;
    const until = Math.round(this.#disk.stats(path)?.mtimeMs ?? 0);
    return parseTombstone(file.text) ?? { reason: 'destroyed', at: until, until };
  }

  /** Null when the trace was written; else what says that the disk is full, or that no more files can be opened. */
  #lackOfRoom(id: string, tombstone: Tombstone, text?: string): Error | null {
    try {
      this.writeTombstone(id, tombstone, text);
      return null;
    } catch (error) {
      if (!SHORT.has(errorCode(error))) throw error;
      return error as Error;
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
      trustedOnly: true,
      ...(format && { format }),
    });
  }

  #unreadable(id: string, error: unknown): UnreadableRecordError | null {
    const code = errorCode(error) ?? '';
    if (isLinkedFolder(error)) return null;
    const reason = code === 'EACCES' ? this.#whyDenied(id) : UNREADABLE[code];
    return reason === undefined ? null : new UnreadableRecordError(id, reason, { cause: error });
  }

  /** A file that is not ours to read is one bad record; a folder that is not is a fault of the store. */
  #whyDenied(id: string): string | undefined {
    if (this.#disk.stats(this.#layout.record(id)) === undefined) return undefined;
    return 'permission denied: its file belongs to another user, mend its owner or mode';
  }
}

/** A link in place of a folder is a fault of the store, and not of one record. */
function isLinkedFolder(error: unknown): boolean {
  return errorCode(error) === 'ELOOP' && (error as NodeJS.ErrnoException).syscall === 'opendir';
}
