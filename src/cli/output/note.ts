import { BrokenPipe, type CliContext } from '../context.js';
import { redact } from './redact.js';
import { sanitize } from './sanitize.js';

/**
 * Writes one line on stderr. Replaces control characters and hides text that looks like a token. Returns normally when
 * the reader of stderr has gone.
 */
export async function note({ err }: Pick<CliContext, 'err'>, text: string): Promise<void> {
  try {
    await err.write(`moin-sessions: ${sanitize(redact(text.replaceAll('\n', ' ')))}\n`);
  } catch (error) {
    if (!(error instanceof BrokenPipe)) throw error;
  }
}
