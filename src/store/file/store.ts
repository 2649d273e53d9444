import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StoreError } from '../../base/errors.js';
import { bare } from '../../base/own.js';
import { isUrl } from '../../base/realm.js';
import type { Durability } from '../../disk/durability.js';
import { withRemedy } from '../../disk/fault.js';
import { kernelLocks } from '../../disk/kernel-locks.js';
import { BULK, type BulkDeletion } from '../bulk.js';
import {
  assertSessionId,
  type DeleteOptions,
  type FindByUserOptions,
  type Removal,
  type ScanOptions,
  type SecretKeeper,
  type SessionOwner,
  type SessionRecord,
  type SessionStore,
  type StoreEntry,
  type Tombstone,
} from '../contract.js';
import { storable } from '../record.js';
import { deleteRecord } from './delete-record.js';
import { deleteRecords } from './delete-records.js';
import { lockSlot } from './layout.js';
import { compactIfDoubled } from './list-compaction.js';
import { expiredIds, reading, recordsOfUser, scanRecords } from './list-records.js';
import { type FileParts, fileParts } from './parts.js';
import { siteSecret } from './secret.js';
import { sweepFiles } from './sweep.js';
import { createRecord, currentRecord, updateRecord } from './write-record.js';

export interface FileStoreOptions {
  /** What a save survives. `process`: the end of the process. `fsync`: a power cut too. Default `process`. */
  durability?: Durability;
  /** Write nothing. Methods that would write throw a `StoreError`. Default false. */
  readOnly?: boolean;
}

/** Sessions in a folder, one file each, for all processes of one machine (spec 6). A missing folder is an empty store. */
export class FileStore implements SessionStore, SecretKeeper {
  readonly location: string;
  readonly #root: string;
  readonly #parts: FileParts;
  readonly #readOnly: boolean;

  /** Touches no file yet. @param dir the folder; relative to the working directory */
  constructor(dir: string | URL, { durability = 'process', readOnly = false }: FileStoreOptions = {}) {
    this.#root = resolve(isUrl(dir) ? fileURLToPath(dir) : dir);
    this.location = `file:${this.#root}`;
    this.#parts = fileParts(this.#root, durability);
    this.#readOnly = readOnly;
  }

  /** Loads the file locks: without them a server would run until its first write. */
  async open(): Promise<void> {
    if (!this.#readOnly) await kernelLocks();
  }

  async find(id: string): Promise<SessionRecord | null> {
    assertSessionId(id);
    return reading(this.#parts, id, () => currentRecord(this.#parts, id));
  }

  async create(record: SessionRecord): Promise<'created' | 'exists' | 'gone'> {
    const { id } = record;
    assertSessionId(id);
    const stored = storable(id, record);
    const outcome = await this.#locked(id, () => createRecord(this.#parts, stored), stored.record.user);
    if (outcome === 'created') await this.#compactListOf(stored.record);
    return outcome;
  }

  /**
   * Takes the session's lock; the list's lock only when the session is not in its user's list:
   *
   *     lock session          read the record, change it; is it listed?  yes: write the record, done
   *       |                                                              no:  write nothing
   *     lock session + list   read and change it again; same user?       yes: list it, write the record
   *       |                                                              no:  again, with the new user's list
   *     lock list             compact the list, if it has doubled
   *
   * A section takes all its locks at once or none, and waits without any. So no order of locks can cause a deadlock.
   */
  async update(
    id: string,
    change: (current: SessionRecord) => SessionRecord | null,
  ): Promise<SessionRecord | null> {
    assertSessionId(id);
    const attempt = (list: SessionOwner | null) =>
      this.#locked(id, () => updateRecord(this.#parts, id, change, list), list);
    let outcome = await attempt(null);
    if (outcome.status === 'done') return outcome.record;
    while (outcome.status === 'unlisted') outcome = await attempt(outcome.user);
    if (outcome.record !== null) await this.#compactListOf(outcome.record);
    return outcome.record;
  }

  async delete(id: string, options: DeleteOptions = {}): Promise<Removal> {
    const own = bare(options);
    assertSessionId(id);
    return this.#locked(id, () => deleteRecord(this.#parts, id, own));
  }

  /** @internal For purges. */
  get [BULK](): BulkDeletion {
    const remove = async (ids: readonly string[], when: (current: SessionRecord) => boolean) => {
      this.#assertWritable();
      return deleteRecords(this.#parts, ids, when, (id) => this.delete(id, { when }));
    };
    return { standsFor: FileStore.prototype, delete: remove };
  }

  async tombstone(id: string): Promise<Tombstone | null> {
    assertSessionId(id);
    return reading(this.#parts, id, () => this.#parts.tombstones.read(id));
  }

  scan(options: ScanOptions = {}): AsyncIterable<StoreEntry> {
    const { prefix = '' } = bare(options);
    return scanRecords(this.#parts, prefix);
  }

  expiryCandidates(at: number): AsyncIterable<string> {
    return expiredIds(this.#parts, at);
  }

  findByUser(userId: string, options: FindByUserOptions = {}): AsyncIterable<StoreEntry> {
    const { past = false } = bare(options);
    return recordsOfUser(this.#parts, userId, past);
  }

  async sweep(at: number): Promise<number> {
    this.#assertWritable();
    return sweepFiles(this.#parts, at);
  }

  /** @throws StoreError also when other users can read or change the secret */
  secret({ create }: { create: boolean }): Promise<Buffer | null> {
    return siteSecret(this.#parts, { create: create && !this.#readOnly });
  }

  async close(): Promise<void> {
    this.#parts.locks.close();
  }

  /**
   * Compacts the list that has just got a session. Ignores a `StoreError`: the session is listed, and a later call
   * compacts.
   */
  async #compactListOf({ user, seen }: SessionRecord): Promise<void> {
    if (user === null) return;
    try {
      await compactIfDoubled(this.#parts, user.id, seen);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }

  /** Runs `section` while no other section changes this session or, with `list`, the list of that user's sessions. */
  async #locked<T>(id: string, section: () => T, list: SessionOwner | null = null): Promise<T> {
    this.#assertWritable();
    const { index, locks } = this.#parts;
    const slots = list === null ? lockSlot(id) : [lockSlot(id), index.listOf(list.id).slot];
    return locks.exclusive(slots, () => withRemedy(`cannot change session ${id} in ${this.#root}`, section));
  }

  #assertWritable(): void {
    if (this.#readOnly)
      throw new StoreError(
        `the store in ${this.#root} was opened for reading only: open it without 'readOnly' to change it`,
      );
  }
}
