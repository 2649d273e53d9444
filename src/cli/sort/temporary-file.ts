import { closeSync, openSync, readSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode, StoreError } from '../../base/errors.js';
import { lateCrypto } from '../../base/late-crypto.js';
import { writeWhole } from '../../disk/plain-file.js';

/** Bytes that are gathered before a write. */
const BUFFER = 64 * 1024;

/**
 * A file in the temporary folder. The first write creates and unlinks it, so no other process can open it, and the system
 * frees it when this process ends in any way.
 */
export class TemporaryFile {
  #fd: number | null = null;
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER);
  #filled = 0;
  #size = 0;

  /** The number of appended bytes. */
  get size(): number {
    return this.#size;
  }

  /** Appends `bytes` from `start` to `end`. @throws StoreError when the folder has no room */
  append(bytes: Buffer, start: number, end: number): void {
    this.#size += end - start;
    if (this.#filled + end - start > BUFFER) this.flush();
    if (end - start > BUFFER) this.#write(bytes.subarray(start, end));
    else this.#filled += bytes.copy(this.#buffer, this.#filled, start, end);
  }

  /** Writes the gathered bytes, because `read` reads only the file. @throws StoreError when the folder has no room */
  flush(): void {
    this.#write(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  /** Fills `into` with the bytes of the file from `position` on. */
  read(into: Buffer, position: number): void {
    for (let got = 0; got < into.length; ) {
      got += readSync(this.#fd as number, into, got, into.length - got, position + got);
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
  const path = join(tmpdir(), `moin-sessions-${lateCrypto().randomUUID()}`);
  const fd = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return fd;
}
