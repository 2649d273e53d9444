import { lstatSync, type Stats, statSync } from 'node:fs';
import type { Clock } from '../base/clock.js';
import { errorCode } from '../base/errors.js';
import { fileGone } from './faults.js';

/** Ms. File systems count time in steps of some milliseconds: two writes this close may leave the same stamp. */
const TICK = 50;

/** What tells two states of a file apart. */
export type FileStamp = Pick<Stats, 'dev' | 'ino' | 'size' | 'mtimeMs' | 'ctimeMs'>;

/** What a look at the file finds. Equal stamps mean equal content, if the state is settled. */
export type FileState = { status: 'absent' } | { status: 'present'; stamp: FileStamp; isSettled: boolean };

/** Whether two stamps are equal: numbers of this size have a quarter of a microsecond. */
export function isSameStamp(one: FileStamp, other: FileStamp): boolean {
  return (
    one.ctimeMs === other.ctimeMs &&
    one.mtimeMs === other.mtimeMs &&
    one.size === other.size &&
    one.ino === other.ino &&
    one.dev === other.dev
  );
}

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
      const isSettled = stamp.ctimeMs < this.#clock() - TICK;
      this.#wasPresent = true;
      return { status: 'present', stamp, isSettled };
    } catch (error) {
      const isAbsent = lstatSync(this.#path, { throwIfNoEntry: false }) === undefined;
      if (errorCode(error) !== 'ENOENT' || !isAbsent) throw error;
      if (this.#wasPresent) throw fileGone(this.#path);
      return { status: 'absent' };
    }
  }
}
