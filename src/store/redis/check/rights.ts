import type { CheckOptions } from '../../finding.js';
import type { RedisParts } from '../parts.js';
import { problemOf } from '../redis-error.js';
import { REDIS_KINDS as KINDS } from './kinds.js';

/** Each command that the store uses, in a form that changes nothing where the key does not exist. */
const PROBES: readonly (readonly string[])[] = [
  ['GET', 'KEY'],
  ['SET', 'KEY', '', 'XX'],
  ['GETRANGE', 'KEY', '0', '0'],
  ['PTTL', 'KEY'],
  ['DEL', 'KEY'],
  ['EVAL', 'return 1', '1', 'KEY'],
  ['EVALSHA', '0'.repeat(40), '1', 'KEY'],
  ['TIME'],
  ['ZADD', 'KEY', 'XX', '0', 'a'],
  ['ZREM', 'KEY', 'a'],
  ['ZRANGE', 'KEY', '0', '0'],
  ['ZSCORE', 'KEY', 'a'],
  ['ZREMRANGEBYSCORE', 'KEY', '0', '0'],
  ['SCAN', '0', 'COUNT', '1'],
  ['INFO', 'replication'],
];

/** Tries every command on a key that does not exist. Asking Redis for the rights would need a right of its own. */
export async function checkRights(
  { connection, keys }: RedisParts,
  { findings }: CheckOptions,
): Promise<void> {
  const key = `${keys.prefix}check`;
  const missing: string[] = [];
  for (const probe of PROBES) {
    const args = probe.map((word) => (word === 'KEY' ? key : word));
    try {
      await connection.call({ isWrite: false }).send(key, args);
    } catch (error) {
      // Any other answer comes after the look at the rights.
      if (problemOf(error) === 'unreachable' || problemOf(error) === 'timeout') throw error;
      if (problemOf(error) === 'denied') missing.push(probe[0]?.toLowerCase() ?? '');
    }
  }
  if (missing.length > 0)
    findings.add(KINDS.rights, null, { what: `The Redis user may not use ${missing.join(', ')}.` });
}
