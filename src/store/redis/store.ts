import { BatchedList } from '../../base/batches.js';
import { StoreError } from '../../base/errors.js';
import { bare } from '../../base/own.js';
import { BULK, type BulkDeletion } from '../bulk.js';
import {
  assertIdPrefix,
  assertSessionId,
  type DeleteOptions,
  type Removal,
  type ScanOptions,
  type SecretKeeper,
  type SessionRecord,
  type SessionStore,
  type StoreEntry,
  type Tombstone,
} from '../contract.js';
import { holdsRecords } from '../holds-records.js';
import { LOOK_UP, type LookUp } from '../lookup.js';
import { parseRecord, storable } from '../record.js';
import { TOMBSTONES, type TombstoneList } from '../tombstone-list.js';
import { Cells, NOTHING } from './cells.js';
import { creation, deletion, updating } from './decisions.js';
import { warnOfEviction } from './eviction.js';
import { assertThere, markStore } from './existence.js';
import { Keys } from './keys.js';
import type { RedisClient } from './link.js';
import { expiredIds, listTombstones, scanRecords, sweepTombstones } from './lists.js';
import { openConnection, type RedisStoreOptions } from './options.js';
import { REDIS_PARTS, type RedisParts } from './parts.js';
import { SiteSecret } from './secret.js';
import { DOUBT, UserIndex } from './user-index.js';
import { recordsOfUser, relistUsers, sweepUsers } from './user-lists.js';

/**
 * Sessions in Redis 7 or Valkey, for all processes of any number of machines (spec 6): a single server, one with replicas and
 * Sentinel, or a cluster. Redis removes a record by itself when it expires.
 */
export class RedisStore implements SessionStore, SecretKeeper {
  readonly location: string;
  readonly #parts: RedisParts;
  readonly #secret: SiteSecret;
  readonly #mustExist: boolean;

  /** As they are here: what wraps the methods of the prototype later is not passed by. */
  static readonly #methods = {
    find: RedisStore.prototype.find,
    tombstone: RedisStore.prototype.tombstone,
    delete: RedisStore.prototype.delete,
  };

  /**
   * Connects at the first use.
   * @param where `redis://`, `rediss://` (TLS), `redis+cluster://` or `redis+sentinel://`, or a client of the package `redis`,
   *   which the store connects, and closes then, if it is not connected
   * @throws ConfigurationError for an address that is none, an option that is wrong, and without the package `redis`
   */
  constructor(where: string | URL | RedisClient, options: RedisStoreOptions = {}) {
    const { connection, location, prefix, readOnly } = openConnection(where, options);
    const keys = new Keys(prefix);
    const cells = new Cells(connection, keys, location);
    this.location = location;
    this.#mustExist = bare(options).mustExist ?? false;
    this.#secret = new SiteSecret(connection, keys, location);
    this.#parts = { connection, keys, cells, users: new UserIndex(connection, keys), readOnly };
  }

  /**
   * Connects, and warns when Redis may throw sessions away.
   * @throws RedisStoreError when Redis does not answer; StoreError when the store is not there although it `mustExist`
   */
  async open(): Promise<void> {
    await this.secret({ create: false });
    if (this.#mustExist) await assertThere(this.#parts, this.location);
    if (this.#parts.readOnly) return;
    if (!this.#mustExist) await markStore(this.#parts);
    await warnOfEviction(this.#parts.connection, this.location);
  }

  /** @internal For requests: both lie under one key. */
  readonly [LOOK_UP]: LookUp = {
    standsFor: RedisStore.#methods,
    lookUp: async (id) => {
      assertSessionId(id);
      const { tombstone, text } = await this.#parts.cells.read(id);
      return { record: tombstone !== null || text === null ? null : parseRecord(id, text), tombstone };
    },
  };

  async find(id: string): Promise<SessionRecord | null> {
    return (await this[LOOK_UP].lookUp(id)).record;
  }

  async create(record: SessionRecord): Promise<'created' | 'exists' | 'gone'> {
    const { id } = record;
    assertSessionId(id);
    this.#assertWritable();
    const stored = storable(id, record);
    return this.#parts.cells.change(id, (cell) => creation(cell, stored), {
      guess: NOTHING,
      before: (call) => this.#parts.users.add(call, stored.record, null),
    });
  }

  async update(
    id: string,
    change: (current: SessionRecord) => SessionRecord | null,
  ): Promise<SessionRecord | null> {
    assertSessionId(id);
    this.#assertWritable();
    const { cells, users } = this.#parts;
    const { after } = await cells.change(id, (cell) => updating(id, cell, change), {
      before: (call, { before, after }) => (after === null ? undefined : users.add(call, after, before)),
      after: (call, { before, after }) =>
        before?.user?.id === after?.user?.id
          ? undefined
          : users.remove(call, id, before?.user, { isForGood: false }),
    });
    return after;
  }

  async delete(id: string, options: DeleteOptions = {}): Promise<Removal> {
    const own = bare(options);
    assertSessionId(id);
    this.#assertWritable();
    const { cells, users } = this.#parts;
    const isForGood = own.tombstone !== undefined && own.tombstone.until > Date.now() + DOUBT;
    return cells.change(id, (cell) => deletion(id, cell, own), {
      after: (call, { record }) => users.remove(call, id, record?.user, { isForGood }),
    });
  }

  /** @internal For `check`: its parts, which are no public types. */
  get [REDIS_PARTS](): unknown {
    return this.#parts;
  }

  /** @internal For purges. A batch is as many calls at a time. */
  get [BULK](): BulkDeletion {
    const settled = (id: string, when: (current: SessionRecord) => boolean) =>
      this.delete(id, { when }).catch((error: unknown) => ({ error }));
    const remove: BulkDeletion['delete'] = async (ids, when) =>
      Promise.all(ids.map((id) => settled(id, when)));
    return { standsFor: RedisStore.#methods, delete: remove };
  }

  /** @internal For exports. */
  get [TOMBSTONES](): TombstoneList {
    return {
      standsFor: RedisStore.#methods,
      list: () => new BatchedList(() => listTombstones(this.#parts)),
    };
  }

  async tombstone(id: string): Promise<Tombstone | null> {
    assertSessionId(id);
    return (await this.#parts.cells.read(id)).tombstone;
  }

  scan(options: ScanOptions = {}): AsyncIterable<StoreEntry> {
    const { prefix = '' } = bare(options);
    return new BatchedList(() => {
      assertIdPrefix(prefix);
      return scanRecords(this.#parts, prefix);
    });
  }

  expiryCandidates(at: number): AsyncIterable<string> {
    return new BatchedList(() => expiredIds(this.#parts, at));
  }

  findByUser(userId: string): AsyncIterable<StoreEntry> {
    return new BatchedList(() => recordsOfUser(this.#parts, userId));
  }

  async sweep(at: number): Promise<number> {
    this.#assertWritable();
    const count = await sweepTombstones(this.#parts, at);
    await sweepUsers(this.#parts);
    await relistUsers(this.#parts);
    return count;
  }

  async secret({ create }: { create: boolean }): Promise<Buffer | null> {
    const secrets = await this.#secret.get({ create, isReadOnly: this.#parts.readOnly });
    return secrets[0] ?? null;
  }

  secrets(): Promise<readonly Buffer[]> {
    return this.#secret.get({ create: false, isReadOnly: this.#parts.readOnly });
  }

  async replaceSecrets(current: readonly Uint8Array[], next: readonly Uint8Array[]): Promise<boolean> {
    this.#assertWritable();
    return this.#secret.replace(current, next);
  }

  async adoptSecret(secret: Uint8Array): Promise<'adopted' | 'kept' | 'refused'> {
    this.#assertWritable();
    return this.#secret.adopt(secret, () => holdsRecords(this));
  }

  /** Closes the connection, unless it is one that the application made. */
  async close(): Promise<void> {
    await this.#parts.connection.close();
  }

  #assertWritable(): void {
    if (this.#parts.readOnly)
      throw new StoreError(
        `the store ${this.location} was opened for reading only: open it without 'readOnly' to change it`,
      );
  }
}
