import { lstatSync, statSync } from 'node:fs';
import type { Clock } from '../base/clock.js';
import { errorCode } from '../base/errors.js';
import { type FileStamp, isSettled } from '../disk/stamp.js';
import { fileGone } from './faults.js';

/** What a look at the file finds. Equal stamps mean equal content, if the state is settled. */
export type FileState = { status: 'absent' } | { status: 'present'; stamp: FileStamp; isSettled: boolean };

/** Detects changes of the user file. Follows links: a change of the target changes the stamp. */
export class FileWatch {
  readonly #path: string;
  readonly #clock: Clock;
  #wasPresent = false;

  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /** Whether this process has seen or written the file. */
  get wasPresent(): boolean {
    return this.#wasPresent;
  }

  noteWritten(): void {
    this.#wasPresent = true;
  }

  /**
   * Costs one `stat`.
   * @throws StoreError when the file was present before, and is not now: "no users" would log out everybody
   * @throws a system error, also for a link that leads to no file
   */
  look(): FileState {
    try {
      const stamp = statSync(this.#path);
      this.#wasPresent = true;
      return { status: 'present', stamp, isSettled: isSettled(stamp, this.#clock()) };
    } catch (error) {
      const isAbsent = lstatSync(this.#path, { throwIfNoEntry: false }) === undefined;
      if (errorCode(error) !== 'ENOENT' || !isAbsent) throw error;
      if (this.#wasPresent) throw fileGone(this.#path);
      return { status: 'absent' };
    }
  }
}
