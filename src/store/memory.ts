import { UnreadableRecordError } from '../base/errors.js';
import { bare } from '../base/own.js';
import {
  assertIdPrefix,
  assertSessionId,
  type DeleteOptions,
  type Removal,
  type ScanOptions,
  type SessionRecord,
  type SessionStore,
  type StoreEntry,
  type Tombstone,
} from './contract.js';
import { parseRecord, storable } from './record.js';

/**
 * Sessions in this process's memory: the reference for the contract, and for tests. Keeps each record as the text
 * that a file would hold, so all records that go in and come out are copies.
 */
export class MemoryStore implements SessionStore {
  readonly location = 'memory:';
  readonly #texts = new Map<string, string>();
  readonly #tombstones = new Map<string, Tombstone>();

  async find(id: string): Promise<SessionRecord | null> {
    assertSessionId(id);
    return this.#read(id);
  }

  async create(record: SessionRecord): Promise<'created' | 'exists' | 'gone'> {
    const { id } = record;
    assertSessionId(id);
    const stored = storable(id, record);
    const tombstone = this.#tombstones.get(id);
    if (tombstone !== undefined && tombstone.until > stored.record.seen) return 'gone';
    if (this.#texts.has(id)) return 'exists';
    this.#tombstones.delete(id);
    this.#texts.set(id, stored.text);
    return 'created';
  }

  async update(
    id: string,
    change: (current: SessionRecord) => SessionRecord | null,
  ): Promise<SessionRecord | null> {
    assertSessionId(id);
    const current = this.#read(id);
    if (current === null) return null;
    const { revision } = current;
    const next = change(current);
    if (next === null) return null;
    const stored = storable(id, { ...next, revision: revision + 1 });
    this.#texts.set(id, stored.text);
    return stored.record;
  }

  async delete(id: string, options: DeleteOptions = {}): Promise<Removal> {
    const { when, tombstone, keepUnreadable } = bare(options);
    assertSessionId(id);
    const entry = this.#entry(id);
    if (entry !== null && when !== undefined && (entry.record === null || !when(entry.record))) {
      return { removed: false, record: entry.record, bytes: entry.bytes };
    }
    const hasSuccessor = this.#tombstones.get(id)?.successor !== undefined;
    if (tombstone !== undefined && !(entry === null && hasSuccessor))
      this.#tombstones.set(id, { ...tombstone });
    if (keepUnreadable && entry?.record === null) return { removed: false, record: null, bytes: entry.bytes };
    const removed = this.#texts.delete(id);
    return { removed, record: entry?.record ?? null, bytes: entry?.bytes ?? 0 };
  }

  async tombstone(id: string): Promise<Tombstone | null> {
    assertSessionId(id);
    const tombstone = this.#tombstones.get(id);
    return tombstone === undefined ? null : { ...tombstone };
  }

  async *scan(options: ScanOptions = {}): AsyncGenerator<StoreEntry> {
    const { prefix = '' } = bare(options);
    assertIdPrefix(prefix);
    const ids = prefix.length === 32 ? [prefix] : [...this.#texts.keys()];
    for (const id of ids) {
      if (!id.startsWith(prefix)) continue;
      const entry = this.#entry(id);
      if (entry !== null) yield entry;
    }
  }

  async *expiryCandidates(at: number): AsyncGenerator<string> {
    for await (const entry of this.scan()) {
      if (entry.record !== null && entry.record.expires <= at) yield entry.id;
    }
  }

  async *findByUser(userId: string): AsyncGenerator<StoreEntry> {
    for await (const entry of this.scan()) {
      if (entry.record?.user?.id === userId) yield entry;
    }
  }

  async sweep(at: number): Promise<number> {
    const old = [...this.#tombstones].filter(([, tombstone]) => tombstone.until <= at);
    for (const [id] of old) this.#tombstones.delete(id);
    return old.length;
  }

  async close(): Promise<void> {}

  /** Stores any text under an id, a record or not: for tests with damaged records. */
  putBytes(id: string, text: string): void {
    assertSessionId(id);
    this.#texts.set(id, text);
  }

  #read(id: string): SessionRecord | null {
    const text = this.#texts.get(id);
    return text === undefined || this.#tombstones.has(id) ? null : parseRecord(id, text);
  }

  #entry(id: string): StoreEntry | null {
    const text = this.#texts.get(id);
    if (text === undefined) return null;
    const bytes = Buffer.byteLength(text);
    try {
      return { id, bytes, record: parseRecord(id, text) };
    } catch (error) {
      if (!(error instanceof UnreadableRecordError)) throw error;
      return { id, bytes, record: null, unreadable: error.reason };
    }
  }
}
