import { frozen } from '../../base/frozen.js';
import { Recent } from '../../base/recent.js';
import { type FileStamp, isSameStamp, isSettled } from '../../disk/stamp.js';
import type { StoredLine } from './record-lines.js';
import { isTimeOf } from './record-time.js';

/** How many records to keep at most: two generations. */
const MOST = 2000;
/** Characters of JSON. Longer records are not kept: most of their cost is the memory. */
const LONGEST = 8192;

/**
 * Records that `find` read or a save in the same turn wrote a moment ago, each with the state of its file before that read, or
 * after that write. Those that were used last stay.
 */
export class RecentRecords {
  readonly #kept = new Recent<{ stamp: FileStamp; stored: StoredLine }>(MOST / 2);

  has(id: string): boolean {
    return this.#kept.get(id) !== undefined;
  }

  /** What was kept, if the file is in the same state now; else null, and forgotten. */
  get(id: string, now: FileStamp | undefined): StoredLine | null {
    const kept = this.#kept.get(id);
    if (kept === undefined) return null;
    if (now !== undefined && isSameStamp(kept.stamp, now)) return kept.stored;
    this.#kept.delete(id);
    return null;
  }

  /**
   * Freezes and keeps a record. Of a file that changed a moment ago it keeps only what a store wrote, because the next write
   * leaves another `mtime` then (`mtimeOf`). Another file may change again and show no other state.
   * @param stats of the file, from before it was read, or after it was written under the session's lock
   * @returns whether it was kept
   */
  put(id: string, { dev, ino, size, ctimeMs, mtimeMs }: FileStamp, stored: StoredLine): boolean {
    const stamp = { dev, ino, size, ctimeMs, mtimeMs };
    const isKnown = isSettled(stamp, Date.now()) || isTimeOf(stored.record, mtimeMs);
    if (!isKnown || stored.text.length > LONGEST) return false;
    frozen(stored.record);
    this.#kept.set(id, { stamp, stored });
    return true;
  }
}
