import { createHash } from 'node:crypto';
import { closeSync } from 'node:fs';
import { plainStats, readPart } from '../../disk/plain-file.js';
import type { DiskWriter } from '../../disk/writer.js';
import type { SessionOwner } from '../contract.js';
import { type FileLayout, isListName } from './layout.js';
import { namesIn } from './walk.js';

/** One of the lists that the index is spread over: a file for sessions in use, and one for those that are over. */
export interface List {
  path: string;
  /** Sessions that were ended or have expired, and whose records are there until a purge. */
  past: string;
  /** The byte of the lock file that stands for both. */
  slot: number;
}

/** A line of a list: the digest of a user's id, and a session. */
export interface Entry {
  owner: string;
  id: string;
}

/** Behind the bytes of all sessions, and that of the secret. */
const FIRST_SLOT = 2 ** 48 + 1;
const LONE_SURROGATE = /\p{Surrogate}/u;
const ENTRY = /^[0-9a-f]{32} [0-9a-f]{32}$/;
/** So much of a list is read at a time. */
const CHUNK = 64 * 1024;
/** A smaller list is not worth rewriting: a disk gives away no less at a time. */
export const BLOCK = 4096;
/** So many sessions are remembered to be listed. */
const MOST_KNOWN = 10_000;

/**
 * Which sessions a user has. 4096 lists hold a line for each session, with a digest of the user's id. A session is
 * listed before it is written, and nothing is taken out when it goes; so a crash leaves a line too many, never one too
 * few. The content of the record decides. A list that has doubled since its last compaction is compacted
 * (`list-compaction.ts`), so that it stays in proportion to the sessions in use.
 */
export class UserIndex {
  readonly #disk: DiskWriter;
  readonly #layout: FileLayout;
  /** The sessions that this process has seen listed: in which file, and under which user's id. */
  readonly #known = new Map<string, string>();
  /** The sizes of lists after their last compaction, in bytes, as far as this process knows. */
  readonly #compacted = new Map<string, number>();

  constructor(disk: DiskWriter, layout: FileLayout) {
    this.#disk = disk;
    this.#layout = layout;
  }

  /** The list that holds a user's sessions. */
  listOf(userId: string): List {
    return this.list(digest(userId).slice(0, 3));
  }

  /** All lists. */
  *lists(): Generator<List> {
    const names = namesIn(this.#disk.folders, this.#layout.users).filter(isListName);
    for (const name of new Set(names.map((one) => one.slice(0, 3)))) yield this.list(name);
  }

  /** The list of a name of three hex digits. */
  list(name: string): List {
    const path = this.#layout.list(name);
    return { path, past: `${path}.past`, slot: FIRST_SLOT + Number.parseInt(name, 16) };
  }

  /**
   * The ids that are listed under a user, once each; a null now and then where there are none for long. With `past`
   * those of sessions that are over as well: these come last, for what is moved meanwhile is then found there.
   */
  *ids(userId: string, past = false): Generator<string | null> {
    const wanted = digest(userId);
    const list = this.listOf(userId);
    const seen = new Set<string>();
    for (const path of past ? [list.path, list.past] : [list.path]) {
      for (const entries of this.entries(path)) {
        for (const { owner, id } of entries) {
          if (owner !== wanted || seen.has(id)) continue;
          seen.add(id);
          yield id;
        }
        yield null;
      }
    }
  }

  /**
   * Whether a session is listed under its user. Each process looks once for each file that the list becomes, and so finds
   * what a power cut or a compaction took.
   */
  has(user: SessionOwner, id: string): boolean {
    const stamp = this.#stampOf(this.listOf(user.id));
    if (this.#known.get(id) === `${stamp} ${user.id}`) return true;
    for (const listed of this.ids(user.id)) {
      if (listed !== id) continue;
      this.#remember(user, id, stamp);
      return true;
    }
    return false;
  }

  /** Lists a session. The caller holds the list's lock until the record is written. */
  add(user: SessionOwner | null, id: string): void {
    if (user === null) return;
    this.append(this.listOf(user.id).path, [{ owner: digest(user.id), id }]);
    this.#remember(user, id, this.#stampOf(this.listOf(user.id)));
  }

  /** Adds to a file of a list. The caller holds its lock. */
  append(path: string, added: readonly Entry[]): void {
    const text = asText(added);
    // A hard link, as some backups make them: the other name keeps what it has.
    if (this.#disk.append(path, text) === null) this.#disk.replace(path, this.#textOf(path) + text);
  }

  /** Whether a file of a list has doubled since it was compacted; asked once, for it is compacted then. */
  isOvergrown(path: string): boolean {
    const size = this.#disk.stats(path)?.size ?? 0;
    const compacted = Math.min(this.#compacted.get(path) ?? 0, size);
    const isOvergrown = size > Math.max(BLOCK, 2 * compacted);
    this.#compacted.set(path, isOvergrown ? size : compacted);
    return isOvergrown;
  }

  /** The file has been compacted to this size (bytes). */
  noteCompacted(path: string, size: number): void {
    this.#compacted.set(path, size);
  }

  /** The entries in a file of a list, some hundred at a time; what else it holds is nothing. */
  *entries(path: string): Generator<Entry[]> {
    const fd = this.#disk.open(path);
    if (fd === null) return;
    try {
      yield* entriesIn(fd, plainStats(fd).size);
    } finally {
      closeSync(fd);
    }
  }

  #textOf(path: string): string {
    return [...this.entries(path)].map(asText).join('');
  }

  /** Which file a list is: entries leave it only where another one takes its place, in this process or elsewhere. */
  #stampOf({ path }: List): string {
    const stats = this.#disk.stats(path);
    return stats === undefined ? 'none' : `${stats.ino}.${stats.birthtimeMs}`;
  }

  #remember(user: SessionOwner, id: string, stamp: string): void {
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(id, `${stamp} ${user.id}`);
  }
}

/** The entries in the first `size` bytes of an open file of a list, some hundred at a time. */
export function* entriesIn(fd: number, size: number): Generator<Entry[]> {
  let rest = '';
  for (let at = 0; at < size; at += CHUNK) {
    const lines = (rest + readPart(fd, at, Math.min(size, at + CHUNK)).toString('latin1')).split('\n');
    // What has no end within a chunk is no entry, and need not be kept.
    rest = (lines.pop() ?? '').slice(-ENTRY_LENGTH - 1);
    yield lines.filter((line) => ENTRY.test(line)).map(asEntry);
  }
}

const ENTRY_LENGTH = 65;

function asEntry(line: string): Entry {
  return { owner: line.slice(0, 32), id: line.slice(33) };
}

/** Each starts a new line as well as ending one: so none is spoilt by another that was cut short. */
export function asText(entries: readonly Entry[]): string {
  return entries.map(({ owner, id }) => `\n${owner} ${id}\n`).join('');
}

/**
 * A user's id may hold anything, and is nobody's business here. UTF-8 has one character for all lone surrogates: an id with
 * any is digested as UTF-16, behind a byte order mark, whose bytes begin no UTF-8.
 */
export function digest(userId: string): string {
  const bytes = LONE_SURROGATE.test(userId) ? Buffer.from(`\ufeff${userId}`, 'utf16le') : userId;
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}
