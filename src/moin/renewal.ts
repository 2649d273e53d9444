/** Ms that a look may take without a limit on how often. */
const QUICK = 20;
/** Ms between two looks that take longer. */
const REST = 1000;

/**
 * Decides when to look at a folder anew. A look at some files is made each time. One at 100,000 files takes long, so there is one a
 * second: a thousand questions in a row must not cost a thousand looks.
 */
export class Renewal {
  readonly #now: () => number;
  #ended = Number.NEGATIVE_INFINITY;
  #took = 0;

  /** @param now a clock in ms that is never set back */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Runs `look` if it is due. Returns whether it ran. */
  run(look: () => void): boolean {
    const begun = this.#now();
    if (this.#took > QUICK && begun < this.#ended + REST) return false;
    look();
    this.#ended = this.#now();
    this.#took = this.#ended - begun;
    return true;
  }
}
