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
import { IMMEDIATE, type ImmediateAccess } from './immediate.js';
import { KeptRecord } from './kept-record.js';
import { type Storable, storable, storableItself } from './record.js';
import { TOMBSTONES, type TombstoneList } from './tombstone-list.js';

/**
 * Sessions in this process's memory: the reference for the contract, and for tests. Keeps each record as the text
 * that a file would hold, so all records that go in and come out are copies.
 */
export class MemoryStore implements SessionStore {
  readonly location = 'memory:';
  readonly #kept = new Map<string, KeptRecord>();
  readonly #tombstones = new Map<string, Tombstone>();

  /** As they are here: what wraps the methods of the prototype later is not passed by either. */
  static readonly #methods = {
    find: MemoryStore.prototype.find,
    update: MemoryStore.prototype.update,
    tombstone: MemoryStore.prototype.tombstone,
  };

  /** @internal For requests. */
  readonly [IMMEDIATE]: ImmediateAccess = {
    standsFor: MemoryStore.#methods,
    find: (id) => this.#present(id)?.shared ?? null,
    update: (id, change) => {
      const stored = changed(this.#present(id)?.shared ?? null, change, storableItself);
      return stored && this.#keep(id, stored.text, stored.record).shared;
    },
  };

  /** @internal For exports. */
  get [TOMBSTONES](): TombstoneList {
    const all = () => [...this.#tombstones].map(([id, tombstone]) => ({ id, tombstone: { ...tombstone } }));
    async function* list() {
      yield* all();
    }
    return { standsFor: MemoryStore.#methods, list };
  }

  async find(id: string): Promise<SessionRecord | null> {
    return this.#present(id)?.copy() ?? null;
  }

  async create(record: SessionRecord): Promise<'created' | 'exists' | 'gone'> {
    const { id } = record;
    assertSessionId(id);
    const stored = storable(id, record);
    const tombstone = this.#tombstones.get(id);
    if (tombstone !== undefined && tombstone.until > stored.record.seen) return 'gone';
    if (this.#kept.has(id)) return 'exists';
    this.#tombstones.delete(id);
    this.#keep(id, stored.text);
    return 'created';
  }

  async update(
    id: string,
    change: (current: SessionRecord) => SessionRecord | null,
  ): Promise<SessionRecord | null> {
    const stored = changed(this.#present(id)?.copy() ?? null, change, storable);
    if (stored === null) return null;
    this.#keep(id, stored.text);
    return stored.record;
  }

  async delete(id: string, options: DeleteOptions = {}): Promise<Removal> {
    const { when, tombstone, keepUnreadable } = bare(options);
    assertSessionId(id);
    const entry = this.#kept.get(id)?.entry() ?? null;
    if (entry !== null && when !== undefined && (entry.record === null || !when(entry.record))) {
      return { removed: false, record: entry.record, bytes: entry.bytes };
    }
    const hasSuccessor = this.#tombstones.get(id)?.successor !== undefined;
    if (tombstone !== undefined && !(entry === null && hasSuccessor))
      this.#tombstones.set(id, { ...tombstone });
    if (keepUnreadable && entry?.record === null) return { removed: false, record: null, bytes: entry.bytes };
    const removed = this.#kept.delete(id);
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
    const ids = prefix.length === 32 ? [prefix] : [...this.#kept.keys()];
    for (const id of ids) {
      if (!id.startsWith(prefix)) continue;
      const entry = this.#kept.get(id)?.entry();
      if (entry !== undefined) yield entry;
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
    this.#keep(id, text);
  }

  #keep(id: string, text: string, record: SessionRecord | null = null): KeptRecord {
    const kept = new KeptRecord(id, text, record);
    this.#kept.set(id, kept);
    return kept;
  }

  #present(id: string): KeptRecord | undefined {
    assertSessionId(id);
    return this.#tombstones.has(id) ? undefined : this.#kept.get(id);
  }
}

/** The result of `change`, with the next revision; null when there is no record, or `change` returns null. */
function changed(
  current: SessionRecord | null,
  change: (current: SessionRecord) => SessionRecord | null,
  checked: typeof storable,
): Storable | null {
  if (current === null) return null;
  const { id, revision } = current;
  const next = change(current);
  return next && checked(id, { ...next, revision: revision + 1 });
}
