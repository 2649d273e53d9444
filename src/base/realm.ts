import { isNativeError } from 'node:util/types';

/**
 * What a value is, whichever realm made it: test runners (Jest, Vitest's `vmThreads`) run applications in a context of
 * `node:vm`, where `instanceof` knows neither the errors nor the URLs of Node itself.
 */

export function isError(value: unknown): value is Error {
  return value instanceof Error || isNativeError(value);
}

export function isUrl(value: unknown): value is URL {
  if (value instanceof URL) return true;
  return Object.prototype.toString.call(value) === '[object URL]';
}
