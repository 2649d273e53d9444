import type { StoreEntry } from '../../contract.js';
import type { CheckOptions } from '../../finding.js';
import { scanRecords } from '../lists.js';
import { AT_ONCE, entry, type RedisParts } from '../parts.js';
import { REDIS_KINDS as KINDS } from './kinds.js';

/** Shows every record to the observer, and checks that its user's list names it. */
export async function checkRecords(parts: RedisParts, options: CheckOptions): Promise<void> {
  for await (const found of scanRecords(parts, '')) {
    for (const one of found) options.observer.see(one);
    for (let at = 0; at < found.length; at += AT_ONCE)
      await Promise.all(found.slice(at, at + AT_ONCE).map((one) => checkListed(parts, one, options)));
    await options.observer.settle();
  }
}

async function checkListed(parts: RedisParts, found: StoreEntry, options: CheckOptions): Promise<void> {
  if (found.record === null || (await isListed(parts, found))) return;
  // It may have ended, or gone to another user, since it was read.
  const now = await entry(parts, found.id);
  if (now?.record == null || (await isListed(parts, now))) return;
  const { findings, isFixing } = options;
  if (isFixing) await parts.users.confirm(now.record, Number.NEGATIVE_INFINITY);
  findings.add(KINDS.unlisted, found.id, { isFixed: isFixing });
}

async function isListed({ users }: RedisParts, { record }: StoreEntry): Promise<boolean> {
  if (record?.user == null || record.expires <= Date.now()) return true;
  return (await users.scoreOf(record.user.id, record.id)) >= record.expires;
}
