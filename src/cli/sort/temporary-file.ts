import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode, StoreError } from '../../base/errors.js';
import { writeWhole } from '../../disk/plain-file.js';

/** Bytes that are gathered before they are written. */
const BUFFER = 64 * 1024;

/**
 * A file in the folder for temporary files, made when there is something to write. It loses its name at once: nobody
 * else can open it, and it goes with the process, whatever ends that.
 */
export class TemporaryFile {
  #fd: number | null = null;
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER);
  #filled = 0;
  #size = 0;

  /** Bytes that were added. */
  get size(): number {
    return this.#size;
  }

  /** Adds a stretch of bytes to the end. @throws StoreError when there is no room for it */
  append(bytes: Buffer, start: number, end: number): void {
    this.#size += end - start;
    if (this.#filled + end - start > BUFFER) this.flush();
    if (end - start > BUFFER) this.#write(bytes.subarray(start, end));
    else this.#filled += bytes.copy(this.#buffer, this.#filled, start, end);
  }

  /** Lets `read` see all that was added. @throws StoreError when there is no room for it */
  flush(): void {
    this.#write(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  /** Fills `into` with what is at a place in the file. */
  read(into: Buffer, place: number): void {
    for (let got = 0; got < into.length; ) {
      got += readSync(this.#fd as number, into, got, into.length - got, place + got);
    }
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #write(bytes: Buffer): void {
    try {
      this.#fd ??= openUnnamed();
      writeWhole(this.#fd, bytes);
    } catch (error) {
      throw new StoreError(
        `cannot sort so many sessions in ${tmpdir()} (${errorCode(error)}): name a folder with room in TMPDIR, or ask for fewer with --limit`,
        { cause: error },
      );
    }
  }
}

function openUnnamed(): number {
  const path = join(tmpdir(), `moin-sessions-${randomUUID()}`);
  const fd = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return fd;
}
