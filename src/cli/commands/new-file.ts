import { lstatSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { errorCode, StoreError, UsageError } from '../../base/errors.js';
import { assertNoForeignLink } from '../../disk/root-links.js';
import type { CliContext } from '../context.js';
import { WholeFile } from '../output/whole-file.js';

/** The data of sessions are for their owner alone. */
const PRIVATE = 0o600;

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
    const file = this.#trying(() => new WholeFile(this.path, PRIVATE));
    const discard = () => file.discard();
    // Ctrl-C ends the process at once.
    this.#signal.addEventListener('abort', discard);
    try {
      const result = await work(async (text) => this.#trying(() => file.add(text)));
      this.#trying(() => file.commit());
      return result;
    } finally {
      this.#signal.removeEventListener('abort', discard);
      file.close();
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
