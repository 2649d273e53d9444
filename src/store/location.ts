import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isFileAddress, isMoinAddress } from './opener.js';
import { parseRedisAddress } from './redis/address.js';

/** The `location` that a store at this address has, without opening it: absolute, and without a password. Never throws. */
export function locationOf(where: string, resolveFrom: string): string {
  try {
    if (/^file:\/\//i.test(where)) return `file:${fileURLToPath(where)}`;
    if (isFileAddress(where)) return `file:${resolve(resolveFrom, where.replace(/^file:/i, ''))}`;
    if (isMoinAddress(where)) return `moin:${resolve(resolveFrom, where.slice('moin:'.length))}`;
    return /^rediss?[:+]/i.test(where)
      ? parseRedisAddress(where).location
      : (/^[^:]*:/.exec(where)?.[0] ?? '');
  } catch {
    // What is no address may hold a password.
    return `(no address of a store: ${/^[^:]*:/.exec(where)?.[0] ?? ''}…)`;
  }
}
