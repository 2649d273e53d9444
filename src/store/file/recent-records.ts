import type { Stats } from 'node:fs';
import { frozen } from '../../base/frozen.js';
import type { StoredLine } from './record-lines.js';
import { isTimeOf } from './record-time.js';

/** How many records to keep. */
const MOST = 2000;
/** Characters of JSON. Longer records are not kept: most of their cost is the memory. */
const LONGEST = 8192;
/** Ms. File systems count time in steps of some milliseconds: two writes this close may leave the same `ctime`. */
const TICK = 50;

/** The state of a file. Whoever changes a file changes its `ctime`, which nobody can set. */
type Stamp = Pick<Stats, 'dev' | 'ino' | 'size' | 'ctimeMs' | 'mtimeMs'>;

/**
 * Records that `find` read or a save in the same turn wrote a moment ago, each with the state of its file before that read, or
 * after that write.
 */
export class RecentRecords {
  readonly #kept = new Map<string, { stamp: Stamp; stored: StoredLine }>();

  has(id: string): boolean {
    return this.#kept.has(id);
  }

  /** What was kept, if the file is in the same state now; else null, and forgotten. */
  get(id: string, now: Stamp | undefined): StoredLine | null {
    const kept = this.#kept.get(id);
    if (kept === undefined) return null;
    if (now !== undefined && isSame(kept.stamp, now)) return kept.stored;
    this.#kept.delete(id);
    return null;
  }

  /**
   * Freezes and keeps a record. Of a file that changed a moment ago it keeps only what a store wrote, because the next write
   * leaves another `mtime` then (`mtimeOf`). Another file may change again and show no other state.
   * @param stats of the file, from before it was read, or after it was written under the session's lock
   */
  put(id: string, { dev, ino, size, ctimeMs, mtimeMs }: Stamp, stored: StoredLine): void {
    const isSettled = ctimeMs <= Date.now() - TICK || isTimeOf(stored.record, mtimeMs);
    if (!isSettled || stored.text.length > LONGEST) return;
    frozen(stored.record);
    this.#kept.set(id, { stamp: { dev, ino, size, ctimeMs, mtimeMs }, stored });
    if (this.#kept.size <= MOST) return;
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest);
      return;
    }
  }
}

function isSame(one: Stamp, other: Stamp): boolean {
  return (
    one.ino === other.ino &&
    one.ctimeMs === other.ctimeMs &&
    one.size === other.size &&
    one.mtimeMs === other.mtimeMs &&
    one.dev === other.dev
  );
}
