import { SECOND } from '../../base/clock.js';
import { ConfigurationError, DeniedRecordError } from '../../base/errors.js';
import { warn } from '../../base/warn.js';

/** The longest timeout in Node, in ms. A longer one fires at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

/**
 * Calls `purge` about every `every` ms, one run at a time, without keeping the process alive. Each wait varies at random, so
 * that several servers do not purge at once. A run that fails emits a warning, because the next one may succeed. That records may not
 * be read is said once, until a run has read all: it lasts until somebody mends it.
 * @returns a function that stops the timer
 * @throws ConfigurationError unless `every` is a number of at least 1000
 */
export function purgeRepeatedly(every: number, purge: () => Promise<unknown>): () => void {
  if (!(every >= SECOND && Number.isFinite(every))) {
    throw new ConfigurationError('startPurging: every is in milliseconds, a number of at least 1000');
  }
  let timer: NodeJS.Timeout;
  let stopped = false;
  let isDenialTold = false;
  const purged = () => {
    isDenialTold = false;
  };
  const warnOfFailure = (error: Error) => {
    const isDenial = error.cause instanceof DeniedRecordError;
    if (!(isDenial && isDenialTold)) warn('MOIN_SESSIONS_PURGE', error.message);
    isDenialTold ||= isDenial;
  };
  const plan = () => {
    if (!stopped) wait(every * (0.95 + Math.random() / 10));
  };
  const wait = (ms: number) => {
    const part = Math.min(ms, LONGEST_TIMEOUT);
    timer = setTimeout(() => (part < ms ? wait(ms - part) : run()), part).unref();
  };
  const run = () => purge().then(purged, warnOfFailure).finally(plan);
  plan();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
