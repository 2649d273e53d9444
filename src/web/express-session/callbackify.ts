import { isError } from '../../base/realm.js';
import { warn } from '../../base/warn.js';
import type { Callback } from './base-store.js';

/**
 * Runs an operation of a store. With a callback, result or error go there, and the promise is fulfilled without a value.
 * Without one, the promise has the result, or rejects.
 */
export function callbackify<T>(
  callback: Callback<T> | undefined,
  work: () => Promise<T>,
): Promise<T | undefined> {
  if (callback === undefined) return work();
  // On the next tick: an error that the callback throws must not reject this promise.
  return work().then(
    (result) => void process.nextTick(callback, null, result),
    (error: unknown) => void process.nextTick(callback, error),
  );
}

/**
 * The callback of an operation that `req.session` forwards. `req.session.destroy()` without a callback passes undefined on and
 * drops the promise, so a failure becomes a process warning.
 * @param given the arguments after the first
 */
export function forwarded(method: string, given: readonly (Callback | undefined)[]): Callback | undefined {
  if (given.length === 0) return undefined;
  return given[0] ?? ((error?: unknown) => warnOfFailure(method, error));
}

function warnOfFailure(method: string, error: unknown): void {
  if (!error) return;
  const message = isError(error) ? error.message : String(error);
  warn(
    'MOIN_SESSIONS_END_FAILED',
    `req.session.${method}() failed, and the session lives on: ${message}; give ${method} a callback to handle this`,
  );
}
