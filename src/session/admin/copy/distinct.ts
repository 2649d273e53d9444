import { UsageError } from '../../../base/errors.js';
import { lateCrypto } from '../../../base/late-crypto.js';
import type { SessionRecord, SessionStore } from '../../../store/contract.js';

/**
 * Finds out whether two addresses lead to one store: a record that is put into the target for a moment would then be in the source.
 * A copy of a store onto itself would take a session that is saved meanwhile for a conflict.
 * @throws UsageError when they do
 */
export async function assertDistinct(source: SessionStore, target: SessionStore): Promise<void> {
  const record = expiredRecord(lateCrypto().randomBytes(16).toString('hex'));
  await target.create(record);
  try {
    if ((await source.find(record.id)) === null) return;
  } finally {
    await target.delete(record.id);
  }
  throw new UsageError(
    `${target.location} is the store to copy from, by another address: name another one with --to`,
  );
}

function expiredRecord(id: string): SessionRecord {
  return {
    version: 1,
    id,
    kind: 'anonymous',
    user: null,
    created: 0,
    seen: 0,
    cookieExpires: 0,
    expires: 0,
    revision: 1,
    remember: false,
    ended: null,
    client: null,
    data: {},
  };
}
