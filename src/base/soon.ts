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

/** What `work` gives; what `onError` gives or throws when it throws or rejects. */
export function recover<T>(work: () => Soon<T>, onError: (error: unknown) => T): Soon<T> {
  try {
    const value = work();
    return isPromise(value) ? value.catch(onError) : value;
  } catch (error) {
    return onError(error);
  }
}

/** The results of `step` for all values. Takes one after the other, in order. */
export function inTurn<T, R>(values: readonly T[], step: (value: T) => Soon<R>): Soon<R[]> {
  const results: R[] = [];
  for (const value of values) {
    const result = step(value);
    if (isPromise(result)) return theRest(results, result, values.slice(results.length + 1), step);
    results.push(result);
  }
  return results;
}

async function theRest<T, R>(
  results: R[],
  first: Promise<R>,
  values: readonly T[],
  step: (value: T) => Soon<R>,
): Promise<R[]> {
  results.push(await first);
  for (const value of values) results.push(await step(value));
  return results;
}
