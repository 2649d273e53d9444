import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long (ms) long loops may keep the process from other work, all of them together. */
const SLICE = 1.5;
/** What a loop gets (ms) when the others took longer: enough for one step, so that none of them waits for ever. */
const LEAST = 0.1;

/** How many loops wait for the next turn of the event loop. */
let waiting = 0;
/** How many of those that waited for the present turn have not run in it yet, and when (ms) they all are to be done. */
let left = 0;
let end = 0;

/**
 * The pace of a long loop: every 1.5 ms it lets the process do other work, so that a server keeps answering. Loops that wait for
 * one turn share the time, because Node runs them one right after the other.
 */
export class Slice {
  #until = performance.now() + SLICE;

  isOver(): boolean {
    return performance.now() >= this.#until;
  }

  /** Lets the process do other work, then begins the next slice. */
  async next(): Promise<void> {
    waiting += 1;
    await nextTurn();
    const now = performance.now();
    if (left === 0) {
      left = waiting;
      waiting = 0;
      end = now + SLICE;
    }
    this.#until = now + Math.max((end - now) / left, LEAST);
    left -= 1;
  }
}
