import { createHash } from 'node:crypto';
import { HOUR } from '../../src/base/clock.js';
import type { SessionOwner, SessionRecord, SessionStore } from '../../src/store/contract.js';
import { MemoryStore } from '../../src/store/memory.js';

/** A session id that is always the same for the same name. */
export function idOf(name: string | number): string {
  return createHash('sha256').update(String(name)).digest('hex').slice(0, 32);
}

export function owner(id: string, name = `Name${id}`): SessionOwner {
  return { id, name, method: 'moin_login' };
}

/** An anonymous session, or with `user` one of that user; `fields` overrides any field. */
export function aRecord(name: string | number, fields: Partial<SessionRecord> = {}): SessionRecord {
  return {
    version: 1,
    id: idOf(name),
    kind: fields.user ? 'user' : 'anonymous',
    user: null,
    created: 1_000_000,
    seen: 1_000_000,
    cookieExpires: 2_000_000,
    expires: 5_600_000,
    revision: 1,
    remember: false,
    ended: null,
    client: null,
    data: {},
    ...fields,
  };
}

/** The number under `n` in a record's data; 0 when there is none. */
export function count(record: SessionRecord | null): number {
  return typeof record?.data.n === 'number' ? record.data.n : 0;
}

export function increment(record: SessionRecord): SessionRecord {
  return { ...record, data: { ...record.data, n: count(record) + 1 } };
}

export async function all<T>(entries: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const entry of entries) list.push(entry);
  return list;
}

export async function idsIn(entries: AsyncIterable<{ id: string }>): Promise<string[]> {
  return (await all(entries)).map(({ id }) => id).sort();
}

/** The record in a store that holds exactly one. */
export async function onlyRecord(store: SessionStore): Promise<SessionRecord> {
  const entries = await all(store.scan());
  const record = entries[0]?.record ?? null;
  if (entries.length !== 1 || record === null) throw new Error(`${entries.length} records, not one`);
  return record;
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
