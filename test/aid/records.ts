import { HOUR } from '../../src/base/clock.js';
import type { SessionRecord, SessionStore } from '../../src/store/contract.js';
import { MemoryStore } from '../../src/store/memory.js';
import { all } from '../../src/testing/store/records.js';

export { all, aRecord, idOf, idsIn, increment, owner } from '../../src/testing/store/records.js';

/** The record in a store that holds exactly one. */
export async function onlyRecord(store: SessionStore): Promise<SessionRecord> {
  const entries = await all(store.scan());
  const record = entries[0]?.record ?? null;
  if (entries.length !== 1 || record === null) throw new Error(`${entries.length} records, not one`);
  return record;
}

/** A copy of a record as a store would give it back. */
export function copyOf<T>(record: T): T {
  return JSON.parse(JSON.stringify(record));
}

/** The time of `sample` and of the command line in tests. */
export const NOW = Date.parse('2026-05-01T12:00:00.000Z');

export interface Sample extends Partial<Omit<SessionRecord, 'user'>> {
  /** The name; the id is `id-` and the name. */
  user?: string | null;
}

/** A record whose id begins with `digits`: active for an hour, seen at `NOW`, by default of alice. */
export function sample(digits: string, { user = 'alice', ...rest }: Sample = {}): SessionRecord {
  const cookieExpires = rest.cookieExpires ?? NOW + HOUR;
  return {
    version: 1,
    id: digits.padEnd(32, '0'),
    kind: user === null ? 'anonymous' : 'user',
    user: user === null ? null : { id: `id-${user}`, name: user, method: 'moin_login' },
    created: NOW - HOUR,
    seen: NOW,
    cookieExpires,
    expires: cookieExpires + HOUR,
    revision: 1,
    remember: false,
    ended: null,
    client: null,
    data: {},
    ...rest,
  };
}

export async function storeOf(...records: SessionRecord[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const record of records) await store.create(record);
  return store;
}
