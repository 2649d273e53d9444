import { BrokenPipe, type CliContext } from '../context.js';
import { redact } from './redact.js';
import { sanitize } from './sanitize.js';

/** A line on stderr, with nothing in it that could steer the terminal or open a session. Nobody there to read it is no failure. */
export async function note({ err }: Pick<CliContext, 'err'>, text: string): Promise<void> {
  try {
    await err.write(`moin-sessions: ${sanitize(redact(text.replaceAll('\n', ' ')))}\n`);
  } catch (error) {
    if (!(error instanceof BrokenPipe)) throw error;
  }
}
