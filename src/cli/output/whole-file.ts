import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { writeWhole } from '../../disk/plain-file.js';
import { temporaryPath } from '../../disk/temporary.js';

/**
 * A file that gets its name when it is whole: until then another file of that name stays, and a reader of it keeps the old one. A link
 * is replaced, not followed. Its methods throw system errors.
 */
export class WholeFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #mode: number;
  readonly #fd: number;

  /** Makes a temporary file beside `path`. */
  constructor(path: string, mode: number) {
    this.#path = path;
    this.#temporary = temporaryPath(path);
    this.#mode = mode;
    // `wx` takes neither a file nor a link that is there.
    this.#fd = openSync(this.#temporary, 'wx', mode);
  }

  add(text: string): void {
    writeWhole(this.#fd, Buffer.from(text));
  }

  commit(): void {
    // The umask may have taken rights away.
    fchmodSync(this.#fd, this.#mode);
    fsyncSync(this.#fd);
    renameSync(this.#temporary, this.#path);
  }

  /** Removes the temporary file, if it still has its own name. */
  discard(): void {
    rmSync(this.#temporary, { force: true });
  }

  /** Ends the work, after a commit or without one. */
  close(): void {
    closeSync(this.#fd);
    this.discard();
  }
}
