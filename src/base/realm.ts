import { isNativeError } from 'node:util/types';

/**
 * Type checks that work across realms. Test runners (Jest, Vitest's `vmThreads`) run applications in a `node:vm` context,
 * where `instanceof` fails for Node's own errors and URLs.
 */

export function isError(value: unknown): value is Error {
  return value instanceof Error || isNativeError(value);
}

export function isUrl(value: unknown): value is URL {
  if (value instanceof URL) return true;
  return Object.prototype.toString.call(value) === '[object URL]';
}
