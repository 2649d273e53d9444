/** How many files may be looked at without a limit on how often. */
const FEW = 500;
/** The longest rest (ms) between two looks at more files. */
const LONGEST_REST = 1000;
/** How much longer than a look its rest is. */
const SHARE = 10;

/**
 * Decides when to look at a folder anew. A look at some files is made each time. One at 100,000 files takes long, so a rest follows
 * it, one second at most: a thousand questions in a row must not cost a thousand looks.
 */
export class Renewal {
  readonly #now: () => number;
  #next = Number.NEGATIVE_INFINITY;

  /** @param now a clock in ms that is never set back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Runs `look` if it is due. @param look returns how many files it looked at */
  run(look: () => number): void {
    const begun = this.#now();
    if (begun < this.#next) return;
    const files = look();
    const ended = this.#now();
    this.#next = files <= FEW ? ended : ended + Math.min(LONGEST_REST, SHARE * (ended - begun));
  }
}
