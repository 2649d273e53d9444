import { DAY, HOUR, SECOND } from '../../../base/clock.js';

/** Sessions whose time is at least `from` and less than `to`, in seconds. The last bucket has no end: null. */
export interface Bucket {
  from: number;
  to: number | null;
  sessions: number;
}

/** Where buckets of times end, in ms. */
const ENDS = [HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY, 90 * DAY, 365 * DAY];

/** Counts lengths of time by their order of magnitude. */
export class TimeBuckets {
  readonly #counts = new Array<number>(ENDS.length + 1).fill(0);

  /** @param ms a negative length counts as none */
  add(ms: number): void {
    const index = ENDS.findIndex((end) => ms < end);
    const bucket = index === -1 ? ENDS.length : index;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
  }

  result(): Bucket[] {
    return this.#counts.map((sessions, index) => ({
      from: (ENDS[index - 1] ?? 0) / SECOND,
      to: index === ENDS.length ? null : (ENDS[index] as number) / SECOND,
      sessions,
    }));
  }
}
