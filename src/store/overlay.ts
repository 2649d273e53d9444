import { UnreadableRecordError } from '../base/errors.js';
import {
  assertSessionId,
  type DeleteOptions,
  type FindByUserOptions,
  type Removal,
  type ScanOptions,
  type SessionRecord,
  type SessionStore,
  type StoreEntry,
  type Tombstone,
} from './contract.js';
import { MemoryStore } from './memory.js';

/** A write that an overlay did not pass on. */
export interface OverlayWrite {
  action: 'create' | 'update' | 'delete';
  id: string;
}

/**
 * A store that reads from `base`, keeps writes in memory and lists them; reads see these writes. `simulate` runs the real
 * chain over it.
 */
export class OverlayStore implements SessionStore {
  readonly location: string;
  /** The writes in order. */
  readonly writes: OverlayWrite[] = [];
  readonly #base: SessionStore;
  #memory = new MemoryStore();
  /** The ids whose record, or absence, is read from the memory. */
  readonly #taken = new Set<string>();

  constructor(base: SessionStore) {
    this.#base = base;
    this.location = base.location;
  }

  /** Forgets all writes: reads see the base again. */
  startOver(): void {
    this.#memory = new MemoryStore();
    this.#taken.clear();
    this.writes.length = 0;
  }

  find(id: string): Promise<SessionRecord | null> {
    return this.#storeOf(id).find(id);
  }

  async create(record: SessionRecord): Promise<'created' | 'exists' | 'gone'> {
    await this.#take(record.id);
    const outcome = await this.#memory.create(record);
    if (outcome === 'created') this.writes.push({ action: 'create', id: record.id });
    return outcome;
  }

  async update(
    id: string,
    change: (current: SessionRecord) => SessionRecord | null,
  ): Promise<SessionRecord | null> {
    // An unreadable record throws here, with the reason that the base knows.
    await this.find(id);
    await this.#take(id);
    const updated = await this.#memory.update(id, change);
    if (updated !== null) this.writes.push({ action: 'update', id });
    return updated;
  }

  async delete(id: string, options?: DeleteOptions): Promise<Removal> {
    await this.#take(id);
    const removal = await this.#memory.delete(id, options);
    if (removal.removed) this.writes.push({ action: 'delete', id });
    return removal;
  }

  async tombstone(id: string): Promise<Tombstone | null> {
    return this.#storeOf(id).tombstone(id);
  }

  async *scan(options?: ScanOptions): AsyncGenerator<StoreEntry> {
    yield* this.#memory.scan(options);
    for await (const entry of this.#base.scan(options)) if (!this.#taken.has(entry.id)) yield entry;
  }

  async *expiryCandidates(at: number): AsyncGenerator<string> {
    yield* this.#memory.expiryCandidates(at);
    for await (const id of this.#base.expiryCandidates(at)) if (!this.#taken.has(id)) yield id;
  }

  async *findByUser(userId: string, options?: FindByUserOptions): AsyncGenerator<StoreEntry> {
    yield* this.#memory.findByUser(userId);
    for await (const entry of this.#base.findByUser(userId, options))
      if (!this.#taken.has(entry.id)) yield entry;
  }

  async sweep(): Promise<number> {
    return 0;
  }

  close(): Promise<void> {
    return this.#base.close();
  }

  #storeOf(id: string): SessionStore {
    return this.#taken.has(id) ? this.#memory : this.#base;
  }

  /** Copies the record and its tombstone to the memory, which is read and written from now on. */
  async #take(id: string): Promise<void> {
    assertSessionId(id);
    if (this.#taken.has(id)) return;
    const text = await this.#textOf(id);
    const tombstone = await this.#base.tombstone(id);
    this.#taken.add(id);
    if (tombstone !== null) await this.#memory.delete(id, { tombstone });
    if (text !== null) this.#memory.putBytes(id, text);
  }

  /** The record's text; for an unreadable record an empty text, which is unreadable too. */
  async #textOf(id: string): Promise<string | null> {
    try {
      const record = await this.#base.find(id);
      return record && JSON.stringify(record);
    } catch (error) {
      if (error instanceof UnreadableRecordError) return '';
      throw error;
    }
  }
}
