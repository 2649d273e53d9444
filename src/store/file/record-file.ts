import { closeSync, type Stats } from 'node:fs';
import type { SyncAdapter } from 'lowdb';
import { errorCode } from '../../base/errors.js';
import { closeLater } from '../../disk/close-later.js';
import { APPEND, READ } from '../../disk/open.js';
import { assertReadable, readBytes } from '../../disk/plain-file.js';
import type { OpenFile } from '../../disk/reader.js';
import type { LeftState } from '../../disk/stamp.js';
import type { DiskWriter } from '../../disk/writer.js';
import type { SessionRecord } from '../contract.js';
import type { OpenRecords } from './open-records.js';
import { lastRecord, type StoredLine } from './record-lines.js';
import { BUSY_ROOM, ROOM, roomFor } from './record-room.js';
import { mtimeOf } from './record-time.js';
import { lacks } from './removed.js';

interface RecordFileOptions {
  flags: number;
  known?: (stats: Stats) => StoredLine | null;
  files?: OpenRecords | null;
}

/**
 * The file of one session as a lowdb adapter: lines of JSON, of which the last whole one is the record (spec 6). A write
 * adds a line, because a rename over a file costs ten times as much: the disk writes at once. When the file is full, or a
 * line more would do harm, the new line alone replaces it. No byte changes in place, so a reader beside a writer sees whole
 * lines, and perhaps a torn one after them.
 */
export class RecordFile implements SyncAdapter<StoredLine | null> {
  readonly #disk: DiskWriter;
  readonly #path: string;
  readonly #id: string;
  readonly #flags: number;
  readonly #known: (stats: Stats) => StoredLine | null;
  readonly #files: OpenRecords | null;
  #open: OpenFile | null = null;
  /** Whether this process may write to the file that it has read. */
  #isWritable = false;
  /** The size at the read of a file that may get another line; else null. */
  #size: number | null = null;
  /** The size up to which it may get one. */
  #room = ROOM;
  /** The record at the read. */
  #earlier: SessionRecord | null = null;
  #state: Stats | LeftState | null = null;
  #isReplaced = false;

  /**
   * @param flags `READ`; `APPEND` when a `write` follows the read, `WRITE` when a `turnInto` does. The session is locked then
   * @param known the record in a file of these stats; null: the file must be read
   * @param files files that stayed open after a save, for `APPEND`
   */
  constructor(
    disk: DiskWriter,
    path: string,
    id: string,
    { flags, known = () => null, files = null }: RecordFileOptions,
  ) {
    this.#disk = disk;
    this.#path = path;
    this.#id = id;
    this.#flags = flags;
    this.#known = known;
    this.#files = files;
  }

  /** The stats of the file when it was opened, or how the added line has left it; null when it is not open, or was replaced. */
  get state(): Stats | LeftState | null {
    return this.#state;
  }

  /**
   * Opens the file, which the caller closes. Null when it does not exist. Until a `write`, nobody may change what this returns.
   * @throws UnreadableRecordError, a system error
   */
  read(): StoredLine | null {
    const kept = this.#readKept();
    if (kept !== null) return kept;
    const isWritable = this.#openFile();
    if (this.#open === null) return null;
    const { fd, stats } = this.#open;
    this.#state = stats;
    const stored = this.#known(stats) ?? this.#readLast(fd);
    this.#isWritable = isWritable;
    this.#earlier = stored.record;
    if (!isWritable || !stored.mayGrow) this.#size = null;
    else this.#size ??= stats.size;
    return stored;
  }

  /**
   * The record of a file that stayed open. Null when it must be opened anew: another file has its name, or it was changed. Any
   * change shows in the stats: so nobody has taken away the right to write to it either.
   */
  #readKept(): StoredLine | null {
    const kept = this.#files?.take(this.#id, () => this.#disk.stats(this.#path)) ?? null;
    if (kept === null) return null;
    const stored = isDatable(kept.stats.uid) ? this.#known(kept.stats) : null;
    if (!stored?.mayGrow) {
      closeSync(kept.fd);
      return null;
    }
    this.#open = kept;
    this.#state = kept.stats;
    this.#isWritable = true;
    this.#earlier = stored.record;
    this.#size = kept.stats.size;
    this.#room = BUSY_ROOM;
    return stored;
  }

  #readLast(fd: number): StoredLine {
    const bytes = readBytes(fd);
    this.#size = bytes.length;
    return lastRecord(this.#id, bytes);
  }

  /** Writes a change of what `read` returned, or a new record. Null: nothing. */
  write(stored: StoredLine | null): void {
    if (stored === null) return;
    const { record } = stored;
    const text = `${stored.text}\n`;
    assertReadable(text);
    const line = Buffer.from(text);
    const mtime = mtimeOf(record);
    const size = lacks(record, this.#earlier) ? null : this.#sizeWith(line.length);
    if (this.#open === null || size === null) {
      this.#disk.replace(this.#path, line, mtime);
      this.#state = null;
      this.#isReplaced = true;
    } else {
      const { fd, stats } = this.#open;
      this.#disk.grow(fd, line, mtime);
      this.#state = { dev: stats.dev, ino: stats.ino, size, latest: Date.now() + 1 };
    }
  }

  /**
   * Renames the file, and passes it to `write`, which replaces its content; null when this process must not write to it: then
   * another file takes its place. Returns false, with nothing done, when no record was read, or it is there no longer.
   */
  turnInto(path: string, write: (fd: number | null) => void): boolean {
    if (this.#open === null || this.#earlier === null || !this.#disk.rename(this.#path, path)) return false;
    write(this.#isWritable ? this.#open.fd : null);
    return true;
  }

  close(): void {
    if (this.#open === null) return;
    const { fd } = this.#open;
    this.#open = null;
    if (this.#isReplaced) closeLater(fd);
    else closeSync(fd);
  }

  /** Instead of `close`, when a line was added: the file stays open for the next one. */
  stay(): void {
    if (this.#open === null || this.#state === null) return;
    this.#files?.put(this.#id, this.#open.fd, this.#state);
    this.#open = null;
  }

  /** Returns whether the file may be written to. One with a second name may not: some backups link files. */
  #openFile(): boolean {
    if (this.#flags !== READ) {
      try {
        this.#open = this.#disk.openTrusted(this.#path, this.#flags);
        return this.#open?.stats.nlink === 1 && isDatable(this.#open.stats.uid);
      } catch (error) {
        // The file may still be read, and its folder may let another one replace it.
        if (errorCode(error) === undefined) throw error;
      }
    }
    this.#open = this.#disk.openTrusted(this.#path);
    return false;
  }

  /** The size of the file with a line of this size (bytes); null when it has no room for it. */
  #sizeWith(added: number): number | null {
    if (this.#size === null || this.#flags !== APPEND) return null;
    const size = this.#size + added;
    return size <= roomFor(added, this.#room) ? size : null;
  }
}

/** Whether this process may set the times of a file of this owner. */
function isDatable(uid: number): boolean {
  const own = process.geteuid?.() ?? uid;
  return own === 0 || own === uid;
}
