import type { CheckOptions } from '../../finding.js';
import type { RedisParts } from '../parts.js';
import { checkKeys } from './keys.js';
import { checkRecords } from './records.js';
import { checkRights } from './rights.js';
import { checkServers } from './servers.js';

/** Checks a Redis store: its servers, the rights on them, its keys, and the lists of users (`checkStore`). */
export async function checkRedis(parts: RedisParts, options: CheckOptions): Promise<void> {
  await checkServers(parts, options);
  await checkRights(parts, options);
  await checkKeys(parts, options);
  await checkRecords(parts, options);
}
