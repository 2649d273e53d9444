import { closeSync, fchmodSync, fsyncSync, lstatSync, openSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { errorCode, StoreError, UsageError } from '../../base/errors.js';
import { writeWhole } from '../../disk/plain-file.js';
import { assertNoForeignLink } from '../../disk/root-links.js';
import { temporaryPath } from '../../disk/temporary.js';
import type { CliContext } from '../context.js';

/** A file of mode 0600 that a command writes. It gets its name when it is whole; until then another file of that name stays. */
export class NewFile {
  readonly path: string;
  readonly isThere: boolean;
  readonly #signal: AbortSignal;

  /** @throws UsageError when something else than a file has this name */
  constructor({ cwd, signal }: Pick<CliContext, 'cwd' | 'signal'>, name: string) {
    this.path = resolve(cwd, name);
    this.#signal = signal;
    assertNoForeignLink(dirname(this.path));
    const stats = lstatSync(this.path, { throwIfNoEntry: false });
    this.isThere = stats !== undefined;
    if (stats !== undefined && !stats.isFile())
      throw new UsageError(`${this.path} is no file: name another one, or leave out --output for stdout`);
  }

  /** @throws StoreError when it cannot be written; then nothing of it is left */
  async fill<T>(work: (add: (text: string) => Promise<void>) => Promise<T>): Promise<T> {
    const temporary = temporaryPath(this.path);
    const fd = this.#trying(() => openSync(temporary, 'wx', 0o600));
    const discard = () => rmSync(temporary, { force: true });
    // Ctrl-C ends the process at once.
    this.#signal.addEventListener('abort', discard);
    try {
      const result = await work(async (text) => this.#trying(() => writeWhole(fd, Buffer.from(text))));
      this.#trying(() => {
        fchmodSync(fd, 0o600);
        fsyncSync(fd);
        renameSync(temporary, this.path);
      });
      return result;
    } finally {
      this.#signal.removeEventListener('abort', discard);
      closeSync(fd);
      discard();
    }
  }

  #trying<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new StoreError(
        `cannot write ${basename(this.path)} (${errorCode(error)}): see that its folder is there, yours and has room`,
        { cause: error },
      );
    }
  }
}
