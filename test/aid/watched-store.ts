import type {
  DeleteOptions,
  Removal,
  SessionRecord,
  StoreEntry,
  Tombstone,
} from '../../src/store/contract.js';
import { MemoryStore } from '../../src/store/memory.js';

export type StoreCall = 'find' | 'create' | 'update' | 'delete' | 'tombstone' | 'scan' | 'findByUser';

/** A memory store that notes each call, and lets a test come in before it begins or after it took effect. */
export class WatchedStore extends MemoryStore {
  readonly calls: StoreCall[] = [];
  before: (call: StoreCall, id: string) => unknown = () => {};
  after: (call: StoreCall, id: string) => unknown = () => {};

  /** The calls since the last time this was asked. */
  newCalls(): StoreCall[] {
    return this.calls.splice(0);
  }

  /** All that is kept, for comparing before and after. */
  async contents(): Promise<StoreEntry[]> {
    const entries: StoreEntry[] = [];
    for await (const entry of super.scan()) entries.push(entry);
    return entries;
  }

  override find(id: string): Promise<SessionRecord | null> {
    return this.#watch('find', id, () => super.find(id));
  }

  override create(record: SessionRecord): Promise<'created' | 'exists' | 'gone'> {
    return this.#watch('create', record.id, () => super.create(record));
  }

  override update(
    id: string,
    change: (current: SessionRecord) => SessionRecord | null,
  ): Promise<SessionRecord | null> {
    return this.#watch('update', id, () => super.update(id, change));
  }

  override delete(id: string, options?: DeleteOptions): Promise<Removal> {
    return this.#watch('delete', id, () => super.delete(id, options));
  }

  override tombstone(id: string): Promise<Tombstone | null> {
    return this.#watch('tombstone', id, () => super.tombstone(id));
  }

  override async *findByUser(userId: string): AsyncGenerator<StoreEntry> {
    await this.#watch('findByUser', userId, async () => {});
    for (const entry of await this.contents()) if (entry.record?.user?.id === userId) yield entry;
  }

  async #watch<T>(call: StoreCall, id: string, run: () => Promise<T>): Promise<T> {
    this.calls.push(call);
    await this.before(call, id);
    const result = await run();
    await this.after(call, id);
    return result;
  }
}
