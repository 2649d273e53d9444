import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long (ms) a long loop may keep the process from other work. */
const SLICE = 1.5;

/** The pace of a long loop: every 1.5 ms it lets the process do other work, so that a server keeps answering. */
export class Slice {
  #since = performance.now();

  isOver(): boolean {
    return performance.now() - this.#since >= SLICE;
  }

  /** Lets the process do other work, then begins the next slice. */
  async next(): Promise<void> {
    await nextTurn();
    this.#since = performance.now();
  }
}
