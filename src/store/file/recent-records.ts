import { frozen } from '../../base/frozen.js';
import { Recent } from '../../base/recent.js';
import { type FileStamp, isAsLeft, isSameStamp, isSettled, type LeftState } from '../../disk/stamp.js';
import { LateLine } from './late-line.js';
import type { StoredLine } from './record-lines.js';
import { isTimeOf } from './record-time.js';

/** How many records to keep at most: two generations. */
const MOST = 2000;
/** Characters of JSON. Longer records are not kept: most of their cost is the memory. */
const LONGEST = 8192;

interface Kept {
  stored: StoredLine;
  /** Of a file that was not looked at since its save: the state that the save has left. */
  state: FileStamp | LeftState;
}

/**
 * Records that `find` read or a save in the same turn wrote a moment ago, each with the state of its file before that read, or
 * after that write. Those that were used last stay.
 */
export class RecentRecords {
  readonly #kept = new Recent<Kept>(MOST / 2);

  has(id: string): boolean {
    return this.#kept.get(id) !== undefined;
  }

  /** What was kept, if the file is in the same state now; else null, and forgotten. */
  get(id: string, now: FileStamp | undefined): StoredLine | null {
    const kept = this.#kept.get(id);
    if (kept === undefined) return null;
    if (now !== undefined && isUnchanged(kept, now)) {
      if ('latest' in kept.state) kept.state = stampOf(now);
      return kept.stored;
    }
    this.#kept.delete(id);
    return null;
  }

  /**
   * Keeps a record. Of a file that changed a moment ago it keeps only what a store wrote, because the next write
   * leaves another `mtime` then (`mtimeOf`). Another file may change again and show no other state.
   * @param state of the file: its stats from before it was read, or what a save under the session's lock has left
   * @param isShared whether the record is frozen and kept; else it is the caller's own, and its text alone is kept
   * @returns whether it was kept
   */
  put(id: string, state: FileStamp | LeftState, stored: StoredLine, isShared: boolean): boolean {
    const isKnown =
      'latest' in state || isSettled(state, Date.now()) || isTimeOf(stored.record, state.mtimeMs);
    if (!isKnown || stored.text.length > LONGEST) return false;
    if (isShared) frozen(stored.record);
    const line = isShared ? stored : new LateLine(id, stored);
    this.#kept.set(id, { stored: line, state: 'latest' in state ? state : stampOf(state) });
    return true;
  }
}

function isUnchanged({ state, stored }: Kept, now: FileStamp): boolean {
  return 'latest' in state
    ? isAsLeft(state, now) && isTimeOf(stored.record, now.mtimeMs)
    : isSameStamp(state, now);
}

function stampOf({ dev, ino, size, ctimeMs, mtimeMs }: FileStamp): FileStamp {
  return { dev, ino, size, ctimeMs, mtimeMs };
}
