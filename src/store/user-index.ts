import { createHash } from 'node:crypto';
import type { SessionOwner } from './contract.js';
import type { Disk } from './disk.js';
import type { FileLayout } from './file-layout.js';
import { readPlainFile } from './plain-file.js';
import { namesIn } from './walk.js';

/** One of the files that the index is spread over. */
export interface List {
  path: string;
  /** The byte of the lock file that stands for it. */
  slot: number;
}

/** Behind the bytes of all sessions, and that of the secret. */
const FIRST_SLOT = 2 ** 48 + 1;
const NAME = /^[0-9a-f]{3}$/;
/** A digest of a user's id, and a session's. */
const ENTRY = /^[0-9a-f]{32} [0-9a-f]{32}$/;
/** What a disk gives away at a time: to drop less frees nothing. */
const BLOCK = 4096;
/** So many sessions are remembered to be listed. */
const MOST_KNOWN = 10_000;

/**
 * Which sessions a user has. 4096 files list them: a line for each session, with a digest of the user's id. A session
 * is listed before it is written, and nothing is taken out when it goes; so a crash leaves a line too many, never one
 * too few. The content of the record decides, and `compact` drops what is out of date.
 */
export class UserIndex {
  readonly #disk: Disk;
  readonly #layout: FileLayout;
  /** The user ids of sessions that this process has seen listed, by session id. */
  readonly #known = new Map<string, string>();

  constructor(disk: Disk, layout: FileLayout) {
    this.#disk = disk;
    this.#layout = layout;
  }

  /** The list that holds a user's sessions. */
  listOf(userId: string): List {
    return this.list(digest(userId).slice(0, 3));
  }

  /** All lists. */
  *lists(): Generator<List> {
    for (const name of namesIn(this.#layout.users)) if (NAME.test(name)) yield this.list(name);
  }

  /** The ids that are listed under a user. */
  ids(userId: string): string[] {
    const wanted = digest(userId);
    const ids = entriesIn(this.listOf(userId).path, wanted).map((entry) => entry.slice(wanted.length + 1));
    return [...new Set(ids)];
  }

  /** Whether a session is listed under its user. Each process looks once, and so finds what a power cut took. */
  has(user: SessionOwner | null, id: string): boolean {
    if (user === null || this.#known.get(id) === user.id) return true;
    if (!this.ids(user.id).includes(id)) return false;
    this.#remember(user, id);
    return true;
  }

  /** Lists a session. The caller holds the list's lock until the record is written. */
  add(user: SessionOwner | null, id: string): void {
    if (user === null) return;
    const { path } = this.listOf(user.id);
    const line = asLine(`${digest(user.id)} ${id}`);
    // A hard link, as some backups make them: the other name keeps what it has.
    if (!this.#disk.append(path, line)) this.#disk.replace(path, entriesIn(path).map(asLine).join('') + line);
    this.#remember(user, id);
  }

  /**
   * Rewrites a list without the entries of sessions that `isStale`. The caller holds the list's lock.
   * @param userId only this user's entries, however few; else of all users, as long as that frees room on the disk
   * @returns how many went
   */
  compact({ path }: List, isStale: (id: string) => boolean, userId?: string): number {
    const only = userId === undefined ? null : digest(userId);
    const entries = entriesIn(path);
    const fresh = entries.filter((entry) => {
      const [owner, id = ''] = entry.split(' ');
      return (only !== null && owner !== only) || !isStale(id);
    });
    const gone = entries.length - fresh.length;
    const isWorthIt = only !== null || fresh.length === 0 || gone * asLine(entries[0] ?? '').length >= BLOCK;
    if (gone === 0 || !isWorthIt) return 0;
    if (fresh.length === 0) this.#disk.remove(path);
    else this.#disk.replace(path, fresh.map(asLine).join(''));
    return gone;
  }

  /** The list of a name of three hex digits. */
  list(name: string): List {
    return { path: this.#layout.list(name), slot: FIRST_SLOT + Number.parseInt(name, 16) };
  }

  #remember(user: SessionOwner, id: string): void {
    if (this.#known.size >= MOST_KNOWN) this.#known.clear();
    this.#known.set(id, user.id);
  }
}

/** The entries in a list that begin with `owner`; what else it holds is nothing. */
function entriesIn(path: string, owner = ''): string[] {
  const lines = readPlainFile(path)?.text.split('\n') ?? [];
  return lines.filter((line) => line.startsWith(owner) && ENTRY.test(line));
}

/** It starts a new line as well as ending one: so none is spoilt by another that was cut short. */
function asLine(entry: string): string {
  return `\n${entry}\n`;
}

/** A user's id may hold anything, and is nobody's business here. */
function digest(userId: string): string {
  return createHash('sha256').update(userId).digest('hex').slice(0, 32);
}
