import { fsyncSync } from 'node:fs';
import { closeAfter } from './open.js';
import { openFile } from './spare-files.js';

/** What a write survives. `process`: the end of this process. `fsync`: a power cut too. */
export type Durability = 'process' | 'fsync';

/** Makes writes as durable as was asked for: does nothing with `process`. */
export class Syncer {
  readonly #fsync: boolean;

  constructor(durability: Durability) {
    this.#fsync = durability === 'fsync';
  }

  file(fd: number): void {
    if (this.#fsync) fsyncSync(fd);
  }

  /** Makes a new, renamed or removed name in a folder durable. Windows cannot open folders. */
  folder(path: string): void {
    if (this.#fsync && process.platform !== 'win32') closeAfter(openFile(path, 'r'), fsyncSync);
  }
}
