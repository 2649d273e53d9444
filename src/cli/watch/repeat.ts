import { MINUTE } from '../../base/clock.js';
import type { CliContext } from '../context.js';

/** Looks again and again, and calls `onResize` when the terminal changes its size between two looks. */
export type Repeat = (look: () => Promise<void>, onResize?: () => Promise<void>) => Promise<void>;

/** A look over a large store may take minutes, but a clock that was set must not stop the next one. */
const LONGEST_BREAK = MINUTE;

/** Repeats every so many ms until Ctrl-C; between two looks the store rests at least as long as the last look took. */
export function repeatEvery(
  { clock, signal, wait }: Pick<CliContext, 'clock' | 'signal' | 'wait'>,
  every: number,
): Repeat {
  return async (look, onResize) => {
    while (!signal.aborted) {
      const begun = clock();
      await look();
      const took = Math.min(LONGEST_BREAK, Math.max(0, clock() - begun));
      while ((await wait(Math.max(every, took))) === 'resized') await onResize?.();
    }
  };
}
