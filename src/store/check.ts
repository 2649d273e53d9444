import { batchesOf } from '../base/batches.js';
import type { SessionStore } from './contract.js';
import { checkFiles } from './file/check/check.js';
import { FILE_PARTS, type FileParts } from './file/parts.js';
import type { CheckOptions, FindingKind } from './finding.js';
import { checkRedis } from './redis/check/check.js';
import { REDIS_PARTS, type RedisParts } from './redis/parts.js';

const NOT_CHECKED: FindingKind = {
  severity: 'info',
  code: 'store-not-checked',
  what: 'This kind of store keeps nothing that could be checked but its records.',
  why: 'Files, modes and lists of users are checked in file stores and Redis stores only.',
  remedy: 'Nothing to do.',
  fixable: false,
};

/**
 * Looks for what is wrong in a store, and has the observer see each of its records. Runs beside servers that write: what looks
 * wrong is looked at again when no writer can be at work on it. With `isFixing` mends what is safe.
 * @throws StoreError when the store is out of reach
 */
export async function checkStore(store: SessionStore, options: CheckOptions): Promise<void> {
  const { [FILE_PARTS]: files, [REDIS_PARTS]: redis } = store as {
    [FILE_PARTS]?: FileParts;
    [REDIS_PARTS]?: RedisParts;
  };
  if (files !== undefined) return checkFiles(files, options);
  if (redis !== undefined) return checkRedis(redis, options);
  options.findings.add(NOT_CHECKED, store.location);
  for await (const batch of batchesOf(store.scan())) {
    for (const entry of batch) options.observer.see(entry);
    await options.observer.settle();
  }
}
