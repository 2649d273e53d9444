import type { CliContext } from '../context.js';
import { counted, grouped } from './humanize.js';
import { note } from './note.js';

/** How far the work has come. */
export interface Reached {
  /** What was done, as in "Ended 3". */
  past: string;
  done: number;
  /** How many sessions there were, where that is known. */
  total?: number | undefined;
  dryRun?: boolean | undefined;
}

/** Has a last line say how far the work had come when Ctrl-C or a signal ended it. */
export function reportInterruption(
  context: Pick<CliContext, 'signal' | 'err'>,
  reached: () => Reached,
): void {
  context.signal.addEventListener('abort', () => void note(context, interruptionText(reached())));
}

function interruptionText({ past, done, total, dryRun }: Reached): string {
  if (dryRun) return 'Interrupted: nothing was changed';
  const sessions =
    total === undefined ? counted(done, 'session') : `${grouped(done)} of ${counted(total, 'session')}`;
  return `Interrupted: ${past.toLowerCase()} ${sessions}, the rest is as it was`;
}
