import { createHash } from 'node:crypto';
import type { SessionOwner, SessionRecord } from '../../store/contract.js';

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

/** The ids of these names, as `idsIn` sorts them. */
export function idsOf(...names: readonly (string | number)[]): string[] {
  return names.map(idOf).sort();
}
