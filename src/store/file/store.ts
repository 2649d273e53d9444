import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StoreError } from '../../base/errors.js';
import { bare } from '../../base/own.js';
import { isUrl } from '../../base/realm.js';
import type { Durability } from '../../disk/durability.js';
import { withRemedy } from '../../disk/fault.js';
import {
  assertIdPrefix,
  assertSessionId,
  type DeleteOptions,
  type FindByUserOptions,
  isSessionId,
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
import { lockSlot, recognize } from './layout.js';
import { compactIfOvergrown } from './list-compaction.js';
import { type FileParts, fileParts } from './parts.js';
import { siteSecret } from './secret.js';
import { sweepFiles } from './sweep.js';
import { paced, walk } from './walk.js';

export interface FileStoreOptions {
  /** What a save survives: the end of the `process`, or with `fsync` a power cut too. Default `process`. */
  durability?: Durability;
  /** Write nothing at all; whatever would is refused with a `StoreError`. Default false. */
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

  async find(id: string): Promise<SessionRecord | null> {
    assertSessionId(id);
    return this.#reading(id, () => this.#current(id));
  }

  async create(record: SessionRecord): Promise<'created' | 'exists' | 'gone'> {
    const { id } = record;
    assertSessionId(id);
    const stored = storable(id, record);
    const section = () => {
      // The tombstone first: whoever was killed between it and the removal has ended the session all the same.
      const tombstone = this.#parts.records.tombstone(id);
      if (tombstone !== null && tombstone.until > stored.record.seen) return 'gone';
      if (this.#parts.records.exists(id)) return 'exists';
      if (tombstone !== null) this.#parts.records.removeTombstone(id);
      this.#parts.index.add(stored.record.user, id);
      this.#parts.records.write(stored);
      return 'created';
    };
    const outcome = await this.#alone(id, section, stored.record.user);
    if (outcome === 'created') await this.#compactListOf(stored.record);
    return outcome;
  }

  async update(
    id: string,
    change: (current: SessionRecord) => SessionRecord | null,
  ): Promise<SessionRecord | null> {
    assertSessionId(id);
    const changing = (listing: SessionOwner | null) =>
      this.#alone(id, () => this.#change(id, change, listing), listing);
    let outcome = await changing(null);
    if (outcome.unlisted === null) return outcome.record;
    while (outcome.unlisted !== null) outcome = await changing(outcome.unlisted);
    if (outcome.record !== null) await this.#compactListOf(outcome.record);
    return outcome.record;
  }

  async delete(id: string, options: DeleteOptions = {}): Promise<Removal> {
    const { when, tombstone, keepUnreadable } = bare(options);
    assertSessionId(id);
    return this.#alone(id, () => {
      const entry = this.#parts.records.entry(id);
      const found = { record: entry?.record ?? null, bytes: entry?.bytes ?? 0 };
      if (entry !== null && when !== undefined && !(entry.record !== null && when(entry.record))) {
        if (entry.record !== null) this.#parts.records.healMtime(entry.record);
        return { removed: false, ...found };
      }
      if (keepUnreadable && entry?.record === null) {
        if (tombstone !== undefined) this.#parts.records.writeTombstone(id, tombstone);
        return { removed: false, ...found };
      }
      const isKnown =
        entry === null &&
        tombstone !== undefined &&
        this.#parts.records.tombstone(id)?.successor !== undefined;
      const removed = this.#parts.records.remove(id, isKnown ? undefined : tombstone);
      return { removed, ...found };
    });
  }

  async tombstone(id: string): Promise<Tombstone | null> {
    assertSessionId(id);
    return this.#reading(id, () => this.#parts.records.tombstone(id));
  }

  scan(options: ScanOptions = {}): AsyncGenerator<StoreEntry> {
    const { prefix = '' } = bare(options);
    const entryOf = (id: string) => this.#parts.records.entry(id);
    if (isSessionId(prefix)) return only(() => this.#reading(prefix, () => entryOf(prefix)));
    return this.#walk(entryOf, prefix);
  }

  expiryCandidates(at: number): AsyncGenerator<string> {
    return this.#walk((id) =>
      (this.#parts.records.mtime(id) ?? Number.POSITIVE_INFINITY) <= at ? id : null,
    );
  }

  findByUser(userId: string, options: FindByUserOptions = {}): AsyncGenerator<StoreEntry> {
    const { past = false } = bare(options);
    return paced(this.#entriesOf(userId, past));
  }

  async sweep(at: number): Promise<number> {
    this.#assertWritable();
    return sweepFiles(this.#parts, at);
  }

  /** @throws StoreError also where others could read or change the secret, which signs nothing then */
  secret({ create }: { create: boolean }): Promise<Buffer | null> {
    return siteSecret(this.#parts, { create: create && !this.#readOnly });
  }

  async close(): Promise<void> {
    this.#parts.locks.close();
  }

  /** What `pick` makes of the records whose ids begin with `begins`. */
  #walk<T>(pick: (id: string) => T | null, begins = ''): AsyncGenerator<T> {
    return walk(this.#parts.disk.folders, this.#folders(begins), ({ prefix }, name) => {
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
    const current = this.#current(id);
    if (current === null) return { record: null, unlisted: null };
    const { revision, user } = current;
    const next = change(current);
    if (next === null) return { record: null, unlisted: null };
    const stored = storable(id, { ...next, revision: revision + 1 });
    const { record } = stored;
    // Under a new owner it is listed anew: what an old list says of it, somebody may be dropping just now.
    if (record.user !== null && (record.user.id !== user?.id || !index.has(record.user, id))) {
      if (listing?.id !== record.user.id) return { record: null, unlisted: record.user };
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

  /** The record, but for one under whose id there is a tombstone: put back or mended, it opens nothing. */
  #current(id: string): SessionRecord | null {
    const { records } = this.#parts;
    return records.isGone(id) ? null : records.read(id);
  }

  *#entriesOf(userId: string, past: boolean): Generator<StoreEntry | null> {
    const { index, records } = this.#parts;
    const listed = index.ids(userId, past);
    const next = () => withRemedy(`cannot list sessions in ${this.#root}`, () => listed.next());
    try {
      for (let one = next(); !one.done; one = next()) {
        const id = one.value;
        const entry =
          id === null ? null : this.#reading(id, () => (records.exists(id) ? records.entry(id) : null));
        yield entry?.record?.user?.id === userId ? entry : null;
      }
    } finally {
      listed.return(null);
    }
  }

  /** The list of a user whose session was listed just now. That was done; what is in the way here, the next one will find again. */
  async #compactListOf({ user, seen }: SessionRecord): Promise<void> {
    if (user === null) return;
    try {
      await compactIfOvergrown(this.#parts, user.id, seen);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }

  #reading<T>(id: string, work: () => T): T {
    return withRemedy(`cannot read session ${id} in ${this.#root}`, work);
  }

  /** Runs `work` while nobody else changes this session, nor the list of the sessions of `listing`. */
  async #alone<T>(id: string, work: () => T, listing: SessionOwner | null = null): Promise<T> {
    this.#assertWritable();
    const { index, locks } = this.#parts;
    const slots = listing === null ? lockSlot(id) : [lockSlot(id), index.listOf(listing.id).slot];
    return locks.exclusive(slots, () => withRemedy(`cannot change session ${id} in ${this.#root}`, work));
  }

  #assertWritable(): void {
    if (this.#readOnly)
      throw new StoreError(
        `the store in ${this.#root} was opened for reading only: open it without 'readOnly' to change it`,
      );
  }
}

async function* only<T>(find: () => T | null): AsyncGenerator<T> {
  const found = find();
  if (found !== null) yield found;
}
