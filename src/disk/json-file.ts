import type { SyncAdapter } from 'lowdb';
import { assertReadable } from './plain-file.js';
import type { Disk } from './writer.js';

interface JsonFileOptions<T> {
  /** Makes data of the file's text; what it throws reaches the reader. */
  parse: (text: string) => T;
  /** Makes the file's text of data. Default: JSON. */
  format?: (data: T) => string;
  /** The time (ms) that the written file shall bear. */
  mtime: (data: T) => number | undefined;
  /** Refuse a file whose owner has no business in its folder. Default false. */
  trustedOnly?: boolean;
}

/** One JSON file as a lowdb adapter: read whole, replaced whole. */
export class JsonFile<T> implements SyncAdapter<T> {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #options: JsonFileOptions<T>;
  /** The size of what was last read; 0 when there was nothing. */
  bytes = 0;

  constructor(disk: Disk, path: string, options: JsonFileOptions<T>) {
    this.#disk = disk;
    this.#path = path;
    this.#options = options;
  }

  /** Null when there is no such file. */
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
