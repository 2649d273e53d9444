import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withRemedy } from '../store/fault.js';

/** As long as there are no more bytes than this there is no file. */
const BUFFER = 1024 * 1024;

/**
 * Texts that are too many to hold in memory, in a temporary file that nobody else can open and that goes with the
 * process. @throws StoreError when there is no room for it
 */
export class Spool {
  #fd: number | null = null;
  /** Where each text ends. */
  readonly #ends: number[] = [];
  #waiting: string[] = [];
  #waitingBytes = 0;

  /** Adds a text, as number 0, 1, 2, … */
  put(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.#ends.push((this.#ends.at(-1) ?? 0) + bytes);
    this.#waiting.push(text);
    this.#waitingBytes += bytes;
    if (this.#waitingBytes >= BUFFER) this.#flush();
  }

  get(number: number): string {
    if (this.#fd === null) return this.#waiting[number] as string;
    this.#flush();
    const start = this.#ends[number - 1] ?? 0;
    const bytes = Buffer.allocUnsafe((this.#ends[number] as number) - start);
    readSync(this.#file(), bytes, 0, bytes.length, start);
    return bytes.toString();
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #flush(): void {
    if (this.#waiting.length === 0) return;
    const bytes = Buffer.from(this.#waiting.join(''));
    this.#waiting = [];
    this.#waitingBytes = 0;
    withRemedy(`cannot sort so many sessions in ${tmpdir()}`, () => {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#file(), bytes, written);
    });
  }

  #file(): number {
    if (this.#fd !== null) return this.#fd;
    const path = join(tmpdir(), `moin-sessions-${randomUUID()}`);
    this.#fd = openSync(path, 'wx+', 0o600);
    unlinkSync(path);
    return this.#fd;
  }
}
