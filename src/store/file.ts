import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StoreError } from '../errors.js';
import {
  assertIdPrefix,
  assertSessionId,
  type DeleteOptions,
  isSessionId,
  type Removal,
  type ScanOptions,
  type SecretKeeper,
  type SessionRecord,
  type SessionStore,
  type StoreEntry,
  type Trace,
} from './contract.js';
import type { Durability } from './disk.js';
import { withRemedy } from './fault.js';
import { lockSlot, recognize } from './file-layout.js';
import { type FileParts, fileParts } from './file-parts.js';
import { keptSecret } from './file-secret.js';
import { sweepFiles } from './file-sweep.js';
import { storable } from './record.js';
import { walk } from './walk.js';

export interface FileStoreOptions {
  /** What a save survives: the end of the `process`, or with `fsync` a power cut too. Default `process`. */
  durability?: Durability;
}

/** Sessions in a folder, one file each, for all processes of one machine (spec 6). A missing folder is an empty store. */
export class FileStore implements SessionStore, SecretKeeper {
  readonly location: string;
  readonly #root: string;
  readonly #parts: FileParts;

  /** Touches no file yet. @param dir the folder; relative to the working directory */
  constructor(dir: string | URL, { durability = 'process' }: FileStoreOptions = {}) {
    this.#root = resolve(dir instanceof URL ? fileURLToPath(dir) : dir);
    this.location = `file:${this.#root}`;
    this.#parts = fileParts(this.#root, durability);
  }

  async find(id: string): Promise<SessionRecord | null> {
    assertSessionId(id);
    return this.#reading(id, () => this.#parts.records.read(id));
  }

  async create(record: SessionRecord): Promise<'created' | 'exists' | 'spent'> {
    const { id } = record;
    assertSessionId(id);
    const stored = storable(id, record);
    return this.#alone(id, () => {
      if (this.#parts.records.exists(id)) return 'exists';
      const trace = this.#parts.records.trace(id);
      if (trace !== null && trace.until > stored.seen) return 'spent';
      this.#parts.index.add(stored.user, id);
      this.#parts.records.write(stored);
      return 'created';
    });
  }

  async update(
    id: string,
    change: (current: SessionRecord) => SessionRecord | null,
  ): Promise<SessionRecord | null> {
    assertSessionId(id);
    return this.#alone(id, () => {
      const current = this.#parts.records.read(id);
      if (current === null) return null;
      const { revision, user } = current;
      const next = change(current);
      if (next === null) return null;
      const stored = storable(id, { ...next, revision: revision + 1 });
      this.#parts.index.add(stored.user, id);
      this.#parts.records.write(stored);
      if (user !== null && user.id !== stored.user?.id) this.#parts.index.remove(user.id, id);
      return stored;
    });
  }

  async delete(id: string, { when, trace }: DeleteOptions = {}): Promise<Removal> {
    assertSessionId(id);
    return this.#alone(id, () => {
      const entry = this.#parts.records.entry(id);
      const found = { record: entry?.record ?? null, bytes: entry?.bytes ?? 0 };
      if (entry !== null && when !== undefined && !(entry.record !== null && when(entry.record))) {
        if (entry.record !== null) this.#parts.records.healMtime(entry.record);
        return { removed: false, ...found };
      }
      const removed = this.#parts.records.remove(id, trace);
      if (entry?.record?.user) this.#parts.index.remove(entry.record.user.id, id);
      return { removed, ...found };
    });
  }

  async trace(id: string): Promise<Trace | null> {
    assertSessionId(id);
    return this.#reading(id, () => this.#parts.records.trace(id));
  }

  async *scan({ prefix = '' }: ScanOptions = {}): AsyncGenerator<StoreEntry> {
    assertIdPrefix(prefix);
    const entryOf = (id: string) => this.#reading(id, () => this.#parts.records.entry(id));
    if (!isSessionId(prefix)) return yield* this.#walk(entryOf, prefix);
    const entry = entryOf(prefix);
    if (entry !== null) yield entry;
  }

  candidates(at: number): AsyncGenerator<string> {
    return this.#walk((id) =>
      (this.#parts.records.mtime(id) ?? Number.POSITIVE_INFINITY) <= at ? id : null,
    );
  }

  async *findByUser(userId: string): AsyncGenerator<StoreEntry> {
    for (const id of this.#parts.index.ids(userId)) {
      const entry = this.#reading(id, () => this.#parts.records.entry(id));
      if (entry !== null && entry.record === null) continue;
      if (entry?.record?.user?.id === userId) yield entry;
      else await this.#dropStale(userId, id);
    }
  }

  sweep(at: number): Promise<number> {
    return sweepFiles(this.#parts, at);
  }

  secret(options: { create: boolean }): Promise<Buffer | null> {
    return keptSecret(this.#parts, options);
  }

  async close(): Promise<void> {
    this.#parts.locks.close();
  }

  /** What `pick` makes of the record of each id, but for nulls. */
  /** What `pick` makes of the records whose ids begin with `begins`. */
  #walk<T>(pick: (id: string) => T | null, begins = ''): AsyncGenerator<T> {
    const folders = this.#parts.layout
      .folders()
      .filter(({ prefix }) => prefix.startsWith(begins.slice(0, 2)));
    return walk(folders, ({ prefix }, name) => {
      const file = recognize(prefix, name);
      if (file?.kind !== 'record' || !file.id.startsWith(begins)) return null;
      return this.#reading(file.id, () => pick(file.id));
    });
  }

  /** Somebody who may only read finds the same sessions, and leaves the entry to others. */
  async #dropStale(userId: string, id: string): Promise<void> {
    try {
      await this.#alone(id, () => {
        if (this.#parts.records.entry(id)?.record?.user?.id !== userId) this.#parts.index.remove(userId, id);
      });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }

  #reading<T>(id: string, work: () => T): T {
    return withRemedy(`cannot read session ${id} in ${this.#root}`, work);
  }

  /** Runs `work` while nobody else changes this session. */
  #alone<T>(id: string, work: () => T): Promise<T> {
    return this.#parts.locks.exclusive(lockSlot(id), () =>
      withRemedy(`cannot change session ${id} in ${this.#root}`, work),
    );
  }
}
