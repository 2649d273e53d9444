import assert from 'node:assert/strict';
import { UnreadableRecordError } from '../../base/errors.js';
import { isError } from '../../base/realm.js';

/**
 * Compares as JSON: a record is JSON by contract, and the objects of a database driver, or of another realm (Jest), have
 * other prototypes.
 */
export function same(actual: unknown, expected: unknown, what?: string): void {
  assert.deepStrictEqual(plain(actual), plain(expected), what);
}

/** Compares the named fields alone. */
export function has(actual: object | null | undefined, expected: object): void {
  const fields = Object.keys(expected).map((key) => [key, actual?.[key as keyof object]]);
  same(actual == null ? actual : Object.fromEntries(fields), expected);
}

/** The promise is rejected with a `TypeError`. */
export async function refuses(promise: Promise<unknown>, what: string): Promise<void> {
  const error = await promise.then(() => null, caught);
  assert.ok(error !== null, `${what} is accepted`);
  assert.ok(
    error.name === 'TypeError',
    `${what} is refused, but with ${error.name} in place of TypeError: ${error.message}`,
  );
}

/** The promise is rejected with an `UnreadableRecordError`, which is returned. */
export async function isUnreadable(promise: Promise<unknown>, what: string): Promise<UnreadableRecordError> {
  const error = await promise.then(() => null, caught);
  assert.ok(error instanceof UnreadableRecordError, `${what}: ${error ?? 'nothing is thrown'}`);
  return error;
}

/** A stored size: a whole number, 0 or more. */
export function isSize(bytes: unknown): void {
  assert.ok(Number.isSafeInteger(bytes) && (bytes as number) >= 0, `bytes is ${bytes}, not a size`);
}

function caught(error: unknown): Error {
  return isError(error) ? error : new Error(`${error} is thrown, which is no error`);
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
