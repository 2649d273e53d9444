import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StoreError } from '../errors.js';
import { isUrl } from '../realm.js';
import {
  assertIdPrefix,
  assertSessionId,
  type DeleteOptions,
  isSessionId,
  type Removal,
  type ScanOptions,
  type SecretKeeper,
  type SessionOwner,
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
    this.#root = resolve(isUrl(dir) ? fileURLToPath(dir) : dir);
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
    const section = () => {
      if (this.#parts.records.exists(id)) return 'exists';
      const trace = this.#parts.records.trace(id);
      if (trace !== null && trace.until > stored.record.seen) return 'spent';
      this.#parts.index.add(stored.record.user, id);
      this.#parts.records.write(stored);
      return 'created';
    };
    return this.#alone(id, section, stored.record.user);
  }

  async update(
    id: string,
    change: (current: SessionRecord) => SessionRecord | null,
  ): Promise<SessionRecord | null> {
    assertSessionId(id);
    const changing = (listing: SessionOwner | null) =>
      this.#alone(id, () => this.#change(id, change, listing), listing);
    let outcome = await changing(null);
    while (outcome.unlisted !== null) outcome = await changing(outcome.unlisted);
    return outcome.record;
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
      return { removed, ...found };
    });
  }

  async trace(id: string): Promise<Trace | null> {
    assertSessionId(id);
    return this.#reading(id, () => this.#parts.records.trace(id));
  }

  scan({ prefix = '' }: ScanOptions = {}): AsyncGenerator<StoreEntry> {
    const entryOf = (id: string) => this.#parts.records.entry(id);
    if (isSessionId(prefix)) return only(() => this.#reading(prefix, () => entryOf(prefix)));
    return this.#walk(entryOf, prefix);
  }

  candidates(at: number): AsyncGenerator<string> {
    return this.#walk((id) =>
      (this.#parts.records.mtime(id) ?? Number.POSITIVE_INFINITY) <= at ? id : null,
    );
  }

  async *findByUser(userId: string): AsyncGenerator<StoreEntry> {
    const stale = new Set<string>();
    const ids = withRemedy(`cannot list sessions in ${this.#root}`, () => this.#parts.index.ids(userId));
    for (const id of ids) {
      const entry = this.#reading(id, () => this.#parts.records.entry(id));
      if (entry?.record?.user?.id === userId) yield entry;
      else if (entry === null || entry.record !== null) stale.add(id);
    }
    if (stale.size > 0) await this.#unlist(userId, stale);
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

  /** What `pick` makes of the records whose ids begin with `begins`. */
  #walk<T>(pick: (id: string) => T | null, begins = ''): AsyncGenerator<T> {
    return walk(this.#folders(begins), ({ prefix }, name) => {
      const file = recognize(prefix, name);
      if (file?.kind !== 'record' || !file.id.startsWith(begins)) return null;
      return this.#reading(file.id, () => pick(file.id));
    });
  }

  /**
   * Replaces a record, unless its user's list has to be written as well and that list is not locked: `unlisted` then says
   * whose, and nothing is done.
   */
  #change(
    id: string,
    change: (current: SessionRecord) => SessionRecord | null,
    listing: SessionOwner | null,
  ): { record: SessionRecord | null; unlisted: SessionOwner | null } {
    const { index, records } = this.#parts;
    const current = records.read(id);
    if (current === null) return { record: null, unlisted: null };
    const { revision } = current;
    const next = change(current);
    if (next === null) return { record: null, unlisted: null };
    const stored = storable(id, { ...next, revision: revision + 1 });
    const { record } = stored;
    if (!index.has(record.user, id)) {
      if (listing?.id !== record.user?.id) return { record: null, unlisted: record.user };
      index.add(record.user, id);
    }
    records.write(stored);
    return { record, unlisted: null };
  }

  *#folders(begins: string): Generator<{ prefix: string; path: string }> {
    assertIdPrefix(begins);
    for (const folder of this.#parts.layout.folders()) {
      if (folder.prefix.startsWith(begins.slice(0, 2))) yield folder;
    }
  }

  /** Somebody who may only read finds the same sessions, and leaves the list to others. */
  async #unlist(userId: string, ids: ReadonlySet<string>): Promise<void> {
    const { index, locks, records } = this.#parts;
    const isStale = (id: string) => ids.has(id) && records.entry(id)?.record?.user?.id !== userId;
    const list = index.listOf(userId);
    try {
      await locks.exclusive(list.slot, () =>
        withRemedy(`cannot change ${list.path}`, () => index.compact(list, isStale, userId)),
      );
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }

  #reading<T>(id: string, work: () => T): T {
    return withRemedy(`cannot read session ${id} in ${this.#root}`, work);
  }

  /** Runs `work` while nobody else changes this session, nor the list of the sessions of `listing`. */
  #alone<T>(id: string, work: () => T, listing: SessionOwner | null = null): Promise<T> {
    const { index, locks } = this.#parts;
    const slots = listing === null ? lockSlot(id) : [lockSlot(id), index.listOf(listing.id).slot];
    return locks.exclusive(slots, () => withRemedy(`cannot change session ${id} in ${this.#root}`, work));
  }
}

async function* only<T>(find: () => T | null): AsyncGenerator<T> {
  const found = find();
  if (found !== null) yield found;
}
