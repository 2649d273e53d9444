import { UsageError } from '../../base/errors.js';
import { isJson, type Json } from '../../base/json.js';
import type { CliContext } from '../context.js';

/** The help of an argument that takes a value. */
export const JSON_HELP = 'the value as JSON; - reads it from stdin';

/**
 * The value of an argument that is JSON, or of stdin for `-`.
 * @throws UsageError that quotes nothing of it: it may be a secret
 */
export async function readJson({ stdin }: Pick<CliContext, 'stdin'>, text: string): Promise<Json> {
  const from = text === '-' ? 'stdin' : 'the value';
  const value = parse(text === '-' ? await stdin.read() : text);
  if (value === undefined)
    throw new UsageError(
      `${from} is no JSON: a text needs quotes, as in '"de"'; true, 3, null and [1,2] do not`,
    );
  if (!isJson(value))
    throw new UsageError(`${from} holds a number that is too large, or too many levels: write plain JSON`);
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Turns the `TypeError` of the library for a wrong value into a usage error. */
export async function unlessTypeError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}
