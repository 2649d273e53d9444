import { isError } from '../../base/realm.js';
import { warn } from '../../base/warn.js';
import type { Callback } from './base-store.js';

/**
 * Runs an operation of a store. With a callback, result or error go there, and the promise is fulfilled without a value.
 * Without one, the promise has the result, or rejects.
 */
export function answer<T>(callback: Callback<T> | undefined, work: () => Promise<T>): Promise<T | undefined> {
  if (callback === undefined) return work();
  // On the next tick: an error that the callback throws must not reject this promise.
  return work().then(
    (result) => void process.nextTick(callback, null, result),
    (error: unknown) => void process.nextTick(callback, error),
  );
}

/** The callback of a `req.session.destroy()` without one: express-session drops the promise of the store. */
export function warnOfFailure(error?: unknown): void {
  if (!error) return;
  const message = isError(error) ? error.message : String(error);
  warn(
    'MOIN_SESSIONS_DESTROY_FAILED',
    `req.session.destroy() failed, and the session lives on: ${message}; give destroy a callback to handle this`,
  );
}
