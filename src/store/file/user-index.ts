import { closeSync } from 'node:fs';
import { storeFault } from '../../disk/fault.js';
import { closeAfter } from '../../disk/open.js';
import type { DiskWriter } from '../../disk/writer.js';
import type { SessionOwner } from '../contract.js';
import { type FileLayout, listName, type SessionList } from './layout.js';
import {
  compactedSize,
  formatEntries,
  type ListEntry,
  listStats,
  oddListFault,
  ownerDigest,
  readEntries,
  readIdsOf,
} from './list-entries.js';
import { namesIn } from './walk.js';

/** Bytes. A disk frees whole blocks: a smaller list is not compacted, and a sweep that saves less rewrites no list. */
export const BLOCK = 4096;
/** How many sessions a process remembers to be listed. */
const MOST_KNOWN = 10_000;

interface IdsOptions {
  past?: boolean;
  passes?: (path: string, fault: unknown) => boolean;
}

/**
 * The sessions of each user. 4096 lists hold a line for each session, with a digest of the user's id. The store lists a
 * session before it writes the record, and removes no line when the record goes: a crash leaves a line too many, never
 * one too few. Readers check the record. A list that has doubled since its last compaction is compacted
 * (`list-compaction.ts`), so its size stays in proportion to the sessions in use.
 */
export class UserIndex {
  readonly #disk: DiskWriter;
  readonly #layout: FileLayout;
  /** By session id: the list file in which this process saw the session, and the user's id. */
  readonly #known = new Map<string, string>();
  /** By path: the size (bytes) after the last compaction that this process knows of. */
  readonly #compacted = new Map<string, number>();

  constructor(disk: DiskWriter, layout: FileLayout) {
    this.#disk = disk;
    this.#layout = layout;
  }

  /** The list of a user's sessions. */
  listOf(userId: string): SessionList {
    return this.#layout.list(ownerDigest(userId).slice(0, 3));
  }

  /** All lists, made one by one: 4096 at once would take 4 ms. */
  async lists(): Promise<Iterable<SessionList>> {
    return this.#listsOf(await namesIn(this.#disk.folders, this.#layout.users));
  }

  *#listsOf(files: readonly string[]): Generator<SessionList> {
    const seen = new Set<string>();
    for (const file of files) {
      const name = listName(file);
      if (name === null || seen.has(name)) continue;
      seen.add(name);
      yield this.#layout.list(name);
    }
  }

  /**
   * The ids listed for a user, once each. Yields a null now and then, so that the caller can let the process do other
   * work. With `past`, includes sessions that ended or expired, after the others: a session that is moved between the
   * two files meanwhile is then found in the second one.
   * @param passes whether to go on without a list of this fault as if it were empty. Default: never
   * @throws StoreError
   */
  *ids(userId: string, { past = false, passes = () => false }: IdsOptions = {}): Generator<string | null> {
    const list = this.listOf(userId);
    const seen = new Set<string>();
    for (const path of past ? [list.path, list.past] : [list.path]) {
      try {
        yield* this.#idsIn(path, ownerDigest(userId), seen);
      } catch (error) {
        if (!passes(path, error)) throw error;
      }
    }
  }

  *#idsIn(path: string, owner: string, seen: Set<string>): Generator<string | null> {
    for (const ids of this.#read(path, (fd, size) => readIdsOf(fd, size, owner))) {
      for (const id of ids) {
        if (seen.has(id)) continue;
        seen.add(id);
        yield id;
      }
      yield null;
    }
  }

  /**
   * Whether a session is listed for its user. A process reads the list at its first look, and again when another file has
   * replaced it: so it notices a line that a power cut or a compaction removed.
   */
  has(user: SessionOwner, id: string): boolean {
    const identity = this.#identityOf(this.listOf(user.id));
    if (this.#known.get(id) === `${identity} ${user.id}`) return true;
    for (const listed of this.ids(user.id)) {
      if (listed !== id) continue;
      this.#remember(user, id, identity);
      return true;
    }
    return false;
  }

  /** Lists a session. The caller holds the list's lock until the record is written. */
  add(user: SessionOwner | null, id: string): void {
    if (user === null) return;
    const list = this.listOf(user.id);
    this.append(list.path, [{ owner: ownerDigest(user.id), id }]);
    this.#remember(user, id, this.#identityOf(list));
  }

  /** Adds entries to a list file. The caller holds the list's lock. */
  append(path: string, added: readonly ListEntry[]): void {
    const text = formatEntries(added);
    try {
      // A file with a hard link, as some backups make them, is replaced: the other name keeps the old content.
      if (!this.#disk.append(path, text)) this.#disk.replace(path, this.#textOf(path) + text);
    } catch (error) {
      throw oddListFault(error, path);
    }
  }

  /**
   * Whether a list file has doubled since its last compaction, by whichever process. Returns true once for each doubling:
   * the caller compacts the file at once.
   */
  claimCompaction(path: string): boolean {
    const size = this.#disk.stats(path)?.size ?? 0;
    let compacted = this.#compacted.get(path) ?? 0;
    if (hasDoubled(size, compacted)) compacted = this.#compactedSize(path, size);
    const isDue = hasDoubled(size, compacted);
    this.#compacted.set(path, isDue ? size : Math.min(compacted, size));
    return isDue;
  }

  /** Remembers the size (bytes) of a list file after a compaction. */
  noteCompacted(path: string, size: number): void {
    this.#compacted.set(path, size);
  }

  /** The entries in a list file, some hundred at a time. */
  entries(path: string): Generator<ListEntry[]> {
    return this.#read(path, readEntries);
  }

  *#read<T>(path: string, read: (fd: number, size: number) => Iterable<T>): Generator<T> {
    try {
      const fd = this.#disk.open(path);
      if (fd === null) return;
      try {
        yield* read(fd, listStats(fd).size);
      } finally {
        closeSync(fd);
      }
    } catch (error) {
      throw storeFault(oddListFault(error, path), `cannot read ${path}`);
    }
  }

  #compactedSize(path: string, size: number): number {
    const file = this.#disk.open(path);
    return file === null ? 0 : closeAfter(file, (fd) => compactedSize(fd, size));
  }

  #textOf(path: string): string {
    return [...this.entries(path)].map(formatEntries).join('');
  }

  /** Identifies the current list file. Entries disappear only when another file replaces it. */
  #identityOf({ path }: SessionList): string {
    const stats = this.#disk.stats(path);
    return stats === undefined ? 'none' : `${stats.ino}.${stats.birthtimeMs}`;
  }

  #remember(user: SessionOwner, id: string, identity: string): void {
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(id, `${identity} ${user.id}`);
  }
}

function hasDoubled(size: number, compacted: number): boolean {
  return size > Math.max(BLOCK, 2 * compacted);
}
