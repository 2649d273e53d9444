import { BrokenPipe, type CliContext, OutputError } from '../context.js';
import { messageLines } from '../process/message-lines.js';
import { redact } from './redact.js';
import { sanitize } from './sanitize.js';
import { withoutIsolates } from './text.js';

/**
 * Writes one line on stderr, which on a terminal breaks between words. Replaces control characters and hides text that looks
 * like a token. The marks that isolate a name go first, for they would be replaced, too.
 */
export async function note(context: Pick<CliContext, 'err'>, text: string): Promise<void> {
  const { isTTY, columns } = context.err;
  const line = `moin-sessions: ${sanitize(redact(withoutIsolates(text).replaceAll('\n', ' ')))}`;
  await writeAside(context, `${isTTY ? messageLines(line, columns).join('\n') : line}\n`);
}

/**
 * Writes a text on stderr as it is. Returns normally when the reader of stderr has gone, or has no room: results and exit
 * status count more.
 */
export async function writeAside({ err }: Pick<CliContext, 'err'>, text: string): Promise<void> {
  try {
    await err.write(text);
  } catch (error) {
    if (!(error instanceof BrokenPipe || error instanceof OutputError)) throw error;
  }
}
