import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withRemedy } from '../store/fault.js';

/** As long as there are no more bytes than this there is no file. */
const BUFFER = 1024 * 1024;

/**
 * Texts that are too many to hold in memory: all are put, then all are got, in any order. They wait in a temporary file
 * that nobody else can open and that goes with the process. @throws StoreError when there is no room for it
 */
export class Spool {
  #fd: number | null = null;
  /** Where each text ends. */
  readonly #ends: number[] = [];
  /** One for all: what a million texts would leave behind is collected late. */
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER);
  #filled = 0;

  /** Adds a text, as number 0, 1, 2, … */
  put(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.#ends.push((this.#ends.at(-1) ?? 0) + bytes);
    if (this.#filled + bytes > BUFFER) this.#flush();
    if (bytes > BUFFER) this.#write(Buffer.from(text));
    else this.#filled += this.#buffer.write(text, this.#filled);
  }

  get(number: number): string {
    const start = this.#ends[number - 1] ?? 0;
    const end = this.#ends[number] as number;
    if (this.#fd === null) return this.#buffer.toString('utf8', start, end);
    this.#flush();
    const bytes = end - start > BUFFER ? Buffer.allocUnsafe(end - start) : this.#buffer;
    readSync(this.#fd, bytes, 0, end - start, start);
    return bytes.toString('utf8', 0, end - start);
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #flush(): void {
    const bytes = this.#buffer.subarray(0, this.#filled);
    this.#filled = 0;
    if (bytes.length > 0) this.#write(bytes);
  }

  #write(bytes: Buffer): void {
    withRemedy(`cannot sort so many sessions in ${tmpdir()}`, () => {
      this.#fd ??= openUnnamed();
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#fd, bytes, written);
    });
  }
}

/** A new file that has no name any more. */
function openUnnamed(): number {
  const path = join(tmpdir(), `moin-sessions-${randomUUID()}`);
  const fd = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return fd;
}
