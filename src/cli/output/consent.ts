import { MoinSessionsError, UsageError } from '../../base/errors.js';
import { type CliContext, isInteractive } from '../context.js';
import { withoutIsolates } from './text.js';

/**
 * Asks whether to go on.
 * @param otherwise what is said without a terminal to ask on: what would be done, and the flag that allows it
 * @throws UsageError without a terminal; MoinSessionsError when the answer is no
 */
export async function askConsent(context: CliContext, question: string, otherwise: string): Promise<void> {
  // An error replaces every character that steers a terminal.
  if (!isInteractive(context)) throw new UsageError(withoutIsolates(otherwise));
  if (await context.confirm(question)) return;
  throw new MoinSessionsError('nothing was done, since you did not say yes');
}
