import type { CliContext } from '../context.js';
import { counted, grouped } from './humanize.js';
import { note } from './note.js';

/** How far the work is. */
export interface Reached {
  /** The verb, as in "Ended 3". */
  past: string;
  done: number;
  /** What is counted. Default: session. */
  noun?: string;
  /** How many of them the work has; undefined when they were not counted. */
  total?: number | undefined;
  dryRun?: boolean | undefined;
  /** Whether sessions that are in work may be done, too. Default false. */
  isAtLeast?: boolean | undefined;
  /** What to do next. Default: nothing. */
  advice?: string;
}

/** The advice of commands that may be run again. The target holds sessions by then, so they would ask. */
export const GOES_ON = 'the same command with --yes goes on';

/** Makes Ctrl-C or a signal write a last line that says how many sessions are done. Returns what takes that back. */
export function reportInterruption(
  context: Pick<CliContext, 'signal' | 'err'>,
  reached: () => Reached,
): () => void {
  const onAbort = () => void note(context, interruptionText(reached()));
  context.signal.addEventListener('abort', onAbort);
  return () => context.signal.removeEventListener('abort', onAbort);
}

function interruptionText({
  past,
  done,
  noun = 'session',
  total,
  dryRun,
  isAtLeast,
  advice,
}: Reached): string {
  if (dryRun) return 'Interrupted: nothing was changed';
  const count = total === undefined ? counted(done, noun) : `${grouped(done)} of ${counted(total, noun)}`;
  const least = isAtLeast ? 'at least ' : '';
  return `Interrupted: ${past.toLowerCase()} ${least}${count}, the rest is as it was${advice === undefined ? '' : `: ${advice}`}`;
}
