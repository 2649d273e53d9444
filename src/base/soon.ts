/**
 * Values that are usually there at once. A promise costs more than most steps of a request do, so the steps that a request
 * takes each time make one only when they have to wait.
 */

/** A value, or a promise of it. */
export type Soon<T> = T | Promise<T>;

/** Whether a value has to be waited for. Also true for the promises of other libraries. */
export function isPromise<T>(value: Soon<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** Goes on with a value: in this turn if it is there, else when its promise resolves. */
export function andThen<T, R>(value: Soon<T>, next: (value: T) => Soon<R>): Soon<R> {
  return isPromise(value) ? value.then(next) : next(value);
}

/** The results of `step` for all values. Takes one after the other, in order. */
export function inTurn<T, R>(values: readonly T[], step: (value: T) => Soon<R>): Soon<R[]> {
  const results: R[] = [];
  const all = values.reduce<Soon<unknown>>(
    (before, value) => andThen(before, () => andThen(step(value), (result) => results.push(result))),
    null,
  );
  return andThen(all, () => results);
}
