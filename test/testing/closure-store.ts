import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  assertIdPrefix,
  assertSessionId,
  parseRecord,
  parseTombstone,
  type Removal,
  type SecretKeeper,
  type SessionRecord,
  type SessionStore,
  type StoreEntry,
  storable,
  UnreadableRecordError,
} from '../../src/index.js';

/** What the tests see beside the store: what lies in it, and a way to put something there. */
export interface EncryptedRows {
  rows: Map<string, Buffer>;
  tombstones: Map<string, string>;
  encrypt(id: string, text: string): Buffer;
}

/**
 * A store as a frozen object without a prototype: its functions close over the key that encrypts each record (AES-256-GCM,
 * with the id as associated data), and over the site's secret. It has no class and no `this`.
 */
export function encryptedStore(key: Buffer, secret: Buffer, { rows, tombstones, encrypt }: EncryptedRows) {
  const decrypt = (id: string, row: Buffer): string => {
    const cipher = createDecipheriv('aes-256-gcm', key, row.subarray(0, 12));
    cipher.setAAD(Buffer.from(id)).setAuthTag(row.subarray(12, 28));
    try {
      return cipher.update(row.subarray(28), undefined, 'utf8') + cipher.final('utf8');
    } catch {
      throw new UnreadableRecordError(id, 'it was encrypted with another key, or changed since');
    }
  };
  const read = (id: string): SessionRecord | null => {
    const row = rows.get(id);
    return row === undefined ? null : parseRecord(id, decrypt(id, row));
  };
  const entryOf = (id: string, bytes: number): StoreEntry => {
    try {
      return { id, bytes, record: read(id) as SessionRecord };
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
      return { id, bytes, record: null, unreadable: error.reason };
    }
  };
  const tombstoneOf = (id: string) => parseTombstone(tombstones.get(id) ?? '');
  const keep = ({ id, text }: { id: string; text: string }) => void rows.set(id, encrypt(id, text));

  async function* scan({ prefix = '' } = {}): AsyncGenerator<StoreEntry> {
    assertIdPrefix(prefix);
    for (const [id, { byteLength }] of [...rows])
      if (id.startsWith(prefix) && rows.has(id)) yield entryOf(id, byteLength);
  }

  const store: SessionStore & SecretKeeper = {
    location: 'closure:test',
    async find(id) {
      assertSessionId(id);
      return tombstoneOf(id) === null ? read(id) : null;
    },
    async create(record) {
      const { id } = record;
      assertSessionId(id);
      const { text } = storable(id, record);
      if ((tombstoneOf(id)?.until ?? 0) > record.seen) return 'gone';
      if (rows.has(id)) return 'exists';
      tombstones.delete(id);
      keep({ id, text });
      return 'created';
    },
    async update(id, change) {
      assertSessionId(id);
      const current = tombstoneOf(id) === null ? read(id) : null;
      const revision = (current?.revision ?? 0) + 1;
      const next = current && change(current);
      if (next === null) return null;
      const { text, record } = storable(id, { ...next, revision });
      keep({ id, text });
      return record;
    },
    async delete(id, { when, tombstone, keepUnreadable } = {}): Promise<Removal> {
      assertSessionId(id);
      const entry = rows.has(id) ? entryOf(id, rows.get(id)?.byteLength ?? 0) : null;
      const { record = null, bytes = 0 } = entry ?? {};
      if (entry !== null && when !== undefined && (record === null || !when(record)))
        return { removed: false, record, bytes };
      const isCovered = entry === null && tombstoneOf(id)?.successor !== undefined;
      if (tombstone !== undefined && !isCovered) tombstones.set(id, JSON.stringify(tombstone));
      if (keepUnreadable && entry !== null && record === null) return { removed: false, record, bytes };
      return { removed: rows.delete(id), record, bytes };
    },
    async tombstone(id) {
      assertSessionId(id);
      return tombstoneOf(id);
    },
    scan,
    async *expiryCandidates(at) {
      for await (const { id, record } of scan()) if (record !== null && record.expires <= at) yield id;
    },
    async *findByUser(userId) {
      for await (const entry of scan()) if (entry.record?.user?.id === userId) yield entry;
    },
    async sweep(at) {
      const over = [...tombstones.keys()].filter((id) => (tombstoneOf(id)?.until ?? 0) <= at);
      for (const id of over) tombstones.delete(id);
      return over.length;
    },
    async close() {},
    secret: async () => secret,
  };
  return Object.freeze(Object.assign(Object.create(null) as object, store));
}

/** Memory for `encryptedStore`. */
export function encryptedRows(key: Buffer): EncryptedRows {
  return {
    rows: new Map(),
    tombstones: new Map(),
    encrypt(id, text) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(id));
      const body = Buffer.concat([cipher.update(text), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
  };
}
