import { setTimeout as delay } from 'node:timers/promises';

/** How a wait ends when what it waits for does not come. */
export interface Patience {
  /** In ms. Default 20,000. */
  within?: number;
  /** What the error shows beside the last try, such as the end of a log. */
  explain?: () => string;
}

/**
 * Asks again and again until the answer is something other than false, null or undefined, and gives that answer. A question
 * that throws is asked again.
 * @param what names the condition in the error
 * @throws an error with the last answer when the time is over
 */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  { within = 20_000, explain = () => '' }: Patience = {},
): Promise<Exclude<T, false | null | undefined>> {
  const end = Date.now() + within;
  let last: unknown;
  do {
    last = await Promise.resolve().then(ask).catch(asError);
    if (isAnswer<T>(last)) return last;
    await delay(10);
  } while (Date.now() < end);
  throw new Error(`not within ${within} ms: ${what} (last: ${last})\n${explain()}`);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function isAnswer<T>(value: unknown): value is Exclude<T, false | null | undefined> {
  return value !== false && value !== null && value !== undefined && !(value instanceof Error);
}
