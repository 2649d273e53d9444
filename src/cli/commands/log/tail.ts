import { closeSync, lstatSync, readSync } from 'node:fs';
import { openPlainFile, plainStats } from '../../../disk/plain-file.js';
import { LineSplitter } from './line-splitter.js';

/** Bytes that are read at a time. */
const CHUNK = 64 * 1024;

/** The lines of the file of this name, as it grows: also of the new file after a rotation, and after a truncation. */
export class Tail {
  readonly #path: string;
  #fd: number | null;
  #position = 0;
  #splitter = new LineSplitter();

  /** @throws a system error when the file cannot be read. A missing one has no lines yet */
  constructor(path: string) {
    this.#path = path;
    this.#fd = openPlainFile(path);
  }

  /** The inode of the open file; null if there is none. */
  get inode(): number | null {
    return this.#fd === null ? null : plainStats(this.#fd).ino;
  }

  /** The whole lines that are new; null for one that is too long. */
  *lines(): Generator<string | null> {
    yield* this.#rest();
    if (!this.#isReplaced()) return;
    // The last lines went to the old file before it was renamed.
    yield* this.#rest();
    yield* this.end();
    this.close();
    this.#position = 0;
    this.#fd = openPlainFile(this.#path);
    yield* this.#rest();
  }

  /** What stands behind the last line feed. */
  *end(): Generator<string | null> {
    const rest = this.#splitter.end();
    if (rest !== undefined) yield rest;
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  *#rest(): Generator<string | null> {
    if (this.#fd === null) return;
    if (plainStats(this.#fd).size < this.#position) {
      this.#position = 0;
      this.#splitter = new LineSplitter();
    }
    const buffer = Buffer.allocUnsafe(CHUNK);
    for (let got = this.#read(buffer); got > 0; got = this.#read(buffer))
      yield* this.#splitter.add(buffer.subarray(0, got));
  }

  #read(buffer: Buffer): number {
    const got = readSync(this.#fd as number, buffer, 0, CHUNK, this.#position);
    this.#position += got;
    return got;
  }

  #isReplaced(): boolean {
    const named = lstatSync(this.#path, { throwIfNoEntry: false });
    return named !== undefined && named.ino !== this.inode;
  }
}
