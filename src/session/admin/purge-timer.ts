import { SECOND } from '../../base/clock.js';
import { ConfigurationError } from '../../base/errors.js';

/** What a timer of Node takes, in ms; one that is longer fires at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * Calls `purge` every so many ms, until the function that it gives is called; one run at a time, each moved by up to
 * a tenth, and without keeping the process alive. A run that fails is a warning: the next one may succeed.
 * @throws ConfigurationError for less than a second between the runs, or no number of ms
 */
export function purgeRepeatedly(every: number, purge: () => Promise<unknown>): () => void {
  if (!(every >= SECOND && Number.isFinite(every))) {
    throw new ConfigurationError('startPurging: every is in milliseconds, a number of at least 1000');
  }
  let timer: NodeJS.Timeout;
  let stopped = false;
  const plan = () => {
    if (!stopped) wait(every * (0.95 + Math.random() / 10));
  };
  const wait = (ms: number) => {
    const part = Math.min(ms, LONGEST_TIMEOUT);
    timer = setTimeout(() => (part < ms ? wait(ms - part) : run()), part).unref();
  };
  const run = () => purge().catch(warn).finally(plan);
  plan();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

function warn(error: Error): void {
  process.emitWarning(error.message, { type: 'MoinSessionsWarning', code: 'MOIN_SESSIONS_PURGE' });
}
