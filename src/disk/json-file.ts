import type { SyncAdapter } from 'lowdb';
import { assertReadable } from './plain-file.js';
import type { DiskWriter } from './writer.js';

interface JsonFileOptions<T> {
  /** Converts the file's text to data. `read` throws what `parse` throws. */
  parse: (text: string) => T;
  /** Converts data to the file's text. Default: JSON. */
  format?: (data: T) => string;
  /** The modification time (ms) to give the written file; undefined: now. */
  mtime: (data: T) => number | undefined;
  /** Refuse a file whose owner the store does not trust. Default false. */
  trustedOnly?: boolean;
}

/** One JSON file as a lowdb adapter: reads and replaces the file as a whole. */
export class JsonFile<T> implements SyncAdapter<T> {
  readonly #disk: DiskWriter;
  readonly #path: string;
  readonly #options: JsonFileOptions<T>;
  /** The size of the file at the last read; 0 when it did not exist. */
  bytes = 0;

  constructor(disk: DiskWriter, path: string, options: JsonFileOptions<T>) {
    this.#disk = disk;
    this.#path = path;
    this.#options = options;
  }

  /** Null when the file does not exist. */
  read(): T | null {
    const { trustedOnly } = this.#options;
    const file = trustedOnly ? this.#disk.readTrusted(this.#path) : this.#disk.read(this.#path);
    this.bytes = file?.bytes ?? 0;
    return file === null ? null : this.#options.parse(file.text);
  }

  write(data: T): void {
    const { format = JSON.stringify, mtime } = this.#options;
    const text = format(data);
    assertReadable(text);
    this.#disk.replace(this.#path, text, mtime(data));
  }
}
