import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StoreError } from '../../base/errors.js';
import { bare } from '../../base/own.js';
import { isUrl } from '../../base/realm.js';
import type { Durability } from '../../disk/durability.js';
import { kernelLocks, locksAreRanges } from '../../disk/kernel-locks.js';
import { assertNoForeignLink } from '../../disk/root-links.js';
import { BULK, type BulkDeletion } from '../bulk.js';
import {
  assertSessionId,
  type DeleteOptions,
  type FindByUserOptions,
  type Removal,
  type ScanOptions,
  type SecretKeeper,
  type SessionRecord,
  type SessionStore,
  type StoreEntry,
  type Tombstone,
} from '../contract.js';
import { GAPS } from '../gaps.js';
import { holdsRecords } from '../holds-records.js';
import { IMMEDIATE, type ImmediateAccess } from '../immediate.js';
import { storable } from '../record.js';
import { TOMBSTONES, type TombstoneList } from '../tombstone-list.js';
import { deleteRecord } from './delete-record.js';
import { deleteRecords } from './delete-records.js';
import { expiredIds, listTombstones, reading, recordsOfUser, scanRecords } from './list-records.js';
import { FILE_PARTS, type FileParts, fileParts } from './parts.js';
import { readTombstone } from './read-tombstone.js';
import { adoptSecret, replaceSecrets, siteSecret, siteSecrets } from './secret.js';
import { compactListOf, exclusively, update, updateNow } from './sections.js';
import { sweepFiles } from './sweep.js';
import { createRecord, currentRecord } from './write-record.js';

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
  /** Whether the way to the folder was looked at: once, because each look costs some system calls. */
  #isChecked = false;

  /** As they are here: what wraps the methods of the prototype later is not passed by either. */
  static readonly #methods = {
    find: FileStore.prototype.find,
    update: FileStore.prototype.update,
    delete: FileStore.prototype.delete,
    tombstone: FileStore.prototype.tombstone,
  };

  readonly [IMMEDIATE]: ImmediateAccess = {
    standsFor: FileStore.#methods,
    find: (id) => this.#find(id, true),
    update: (id, change) => {
      assertSessionId(id);
      this.#assertWritable();
      return updateNow(this.#parts, id, change);
    },
  };

  /** Touches no file yet. @param dir the folder; relative to the working directory */
  constructor(dir: string | URL, { durability = 'process', readOnly = false }: FileStoreOptions = {}) {
    this.#root = resolve(isUrl(dir) ? fileURLToPath(dir) : dir);
    this.location = `file:${this.#root}`;
    this.#parts = fileParts(this.#root, durability);
    this.#readOnly = readOnly;
  }

  /**
   * Loads the file locks: without them a server would run until its first write. Looks at the folder: one that is moved away later is
   * not made again. @throws StoreError for root, behind a link of another user
   */
  async open(): Promise<void> {
    if (this.#readOnly) return;
    this.#assertWritable();
    await kernelLocks();
  }

  async find(id: string): Promise<SessionRecord | null> {
    return this.#find(id, false);
  }

  async create(record: SessionRecord): Promise<'created' | 'exists' | 'gone'> {
    const { id } = record;
    assertSessionId(id);
    this.#assertWritable();
    const stored = storable(id, record);
    const section = () => createRecord(this.#parts, stored);
    const outcome = await exclusively(this.#parts, id, section, stored.record.user);
    if (outcome === 'created') await compactListOf(this.#parts, stored.record);
    return outcome;
  }

  async update(
    id: string,
    change: (current: SessionRecord) => SessionRecord | null,
  ): Promise<SessionRecord | null> {
    assertSessionId(id);
    this.#assertWritable();
    return update(this.#parts, id, change);
  }

  async delete(id: string, options: DeleteOptions = {}): Promise<Removal> {
    const own = bare(options);
    assertSessionId(id);
    this.#assertWritable();
    return exclusively(this.#parts, id, () => deleteRecord(this.#parts, id, own));
  }

  /** @internal For `check`: its parts, which are no public types. */
  get [FILE_PARTS](): unknown {
    return this.#parts;
  }

  /** @internal For purges. A batch has one lock on a range of sessions. */
  get [BULK](): BulkDeletion | undefined {
    if (!locksAreRanges()) return undefined;
    const remove = async (ids: readonly string[], when: (current: SessionRecord) => boolean) => {
      this.#assertWritable();
      return deleteRecords(this.#parts, ids, when, (id) => this.delete(id, { when }));
    };
    return { standsFor: FileStore.#methods, delete: remove };
  }

  /** @internal For the command line. */
  get [GAPS](): unknown {
    return this.#parts.gaps;
  }

  /** @internal For exports. */
  get [TOMBSTONES](): TombstoneList {
    return { standsFor: FileStore.#methods, list: () => listTombstones(this.#parts) };
  }

  async tombstone(id: string): Promise<Tombstone | null> {
    assertSessionId(id);
    return readTombstone(this.#parts, id, { mayLock: !this.#readOnly });
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
  async secret({ create }: { create: boolean }): Promise<Buffer | null> {
    if (create && !this.#readOnly) this.#assertWritable();
    return siteSecret(this.#parts, { create: create && !this.#readOnly });
  }

  /** @throws StoreError also when other users can read or change the secret */
  async adoptSecret(secret: Uint8Array): Promise<'adopted' | 'kept' | 'refused'> {
    this.#assertWritable();
    return adoptSecret(this.#parts, secret, () => holdsRecords(this));
  }

  /** @throws StoreError also when other users can read or change the secrets */
  async secrets(): Promise<readonly Buffer[]> {
    return siteSecrets(this.#parts);
  }

  /** @throws StoreError also when other users can read or change the secrets, and when they are behind a link */
  async replaceSecrets(current: readonly Uint8Array[], next: readonly Uint8Array[]): Promise<boolean> {
    this.#assertWritable();
    return replaceSecrets(this.#parts, current, next);
  }

  async close(): Promise<void> {
    this.#parts.locks.close();
    this.#parts.records.close();
    this.#parts.disk.folders.letGo();
  }

  #find(id: string, isShared: boolean): SessionRecord | null {
    assertSessionId(id);
    return reading(this.#parts, id, () => currentRecord(this.#parts, id, isShared));
  }

  #assertWritable(): void {
    if (this.#readOnly)
      throw new StoreError(
        `the store in ${this.#root} was opened for reading only: open it without 'readOnly' to change it`,
      );
    if (this.#isChecked) return;
    assertNoForeignLink(this.#root);
    this.#parts.disk.folders.hold();
    this.#isChecked = true;
  }
}
