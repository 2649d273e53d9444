import { StoreError } from '../../src/base/errors.js';
import type {
  DeleteOptions,
  Removal,
  SessionRecord,
  SessionStore,
  StoreEntry,
  Tombstone,
} from '../../src/store/contract.js';
import { MemoryStore } from '../../src/store/memory.js';
import { deferred } from './deferred.js';

export type StoreCall = 'find' | 'create' | 'update' | 'delete' | 'tombstone' | 'findByUser';

// biome-ignore lint/suspicious/noExplicitAny: the compiler asks for it where a class extends any class
type StoreClass = new (...args: any[]) => SessionStore;

/** A kind of store that notes each call, runs a test's code around it, and delays or fails calls on request. */
export function watched<Base extends StoreClass>(Base: Base) {
  return class Watched extends Base {
    readonly calls: StoreCall[] = [];
    /** Runs before a call begins. */
    before: (call: StoreCall, id: string) => unknown = () => {};
    /** Runs after a call took effect. */
    after: (call: StoreCall, id: string) => unknown = () => {};
    /** `create` and `update` throw. */
    broken = false;
    /** `find` throws. */
    unreachable = false;
    /** The order of events: `saved` after each `create` and `update`, and what the test adds. */
    readonly log: string[] = [];
    #gate: Promise<void> | null = null;
    #reached: (() => void) | null = null;

    /** Makes `create` and `update` wait. `reached` resolves when one waits; `open()` lets them go on. */
    hold(): { reached: Promise<void>; open: () => void } {
      const gate = deferred();
      const reached = deferred();
      this.#gate = gate.promise;
      this.#reached = reached.resolve;
      const open = () => {
        this.#gate = null;
        gate.resolve();
      };
      return { reached: reached.promise, open };
    }

    /** Returns the calls since the last time that this was asked. */
    newCalls(): StoreCall[] {
      return this.calls.splice(0);
    }

    /** Returns everything in the store; this call is not noted. */
    async contents(): Promise<StoreEntry[]> {
      const entries: StoreEntry[] = [];
      for await (const entry of super.scan()) entries.push(entry);
      return entries;
    }

    override find(id: string): Promise<SessionRecord | null> {
      return this.#watch('find', id, () => {
        if (this.unreachable) throw new StoreError('the store is out of reach');
        return super.find(id);
      });
    }

    override create(record: SessionRecord): ReturnType<SessionStore['create']> {
      return this.#watch('create', record.id, () => this.#save(() => super.create(record)));
    }

    override update(
      id: string,
      change: (current: SessionRecord) => SessionRecord | null,
    ): Promise<SessionRecord | null> {
      return this.#watch('update', id, () => this.#save(() => super.update(id, change)));
    }

    override delete(id: string, options?: DeleteOptions): Promise<Removal> {
      return this.#watch('delete', id, () => super.delete(id, options));
    }

    override tombstone(id: string): Promise<Tombstone | null> {
      return this.#watch('tombstone', id, () => super.tombstone(id));
    }

    override async *findByUser(userId: string): AsyncGenerator<StoreEntry> {
      await this.#watch('findByUser', userId, async () => {});
      yield* super.findByUser(userId);
    }

    async #save<T>(write: () => Promise<T>): Promise<T> {
      this.#reached?.();
      if (this.#gate !== null) await this.#gate;
      if (this.broken) throw new StoreError('the disk is full: make room');
      const result = await write();
      this.log.push('saved');
      return result;
    }

    async #watch<T>(call: StoreCall, id: string, run: () => Promise<T>): Promise<T> {
      this.calls.push(call);
      await this.before(call, id);
      const result = await run();
      await this.after(call, id);
      return result;
    }
  };
}

/** A memory store that is watched. */
export class WatchedStore extends watched(MemoryStore) {}

/** A store of any kind that is watched. */
export type Watched = InstanceType<ReturnType<typeof watched<StoreClass>>>;
