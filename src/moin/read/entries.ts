import type { Stats } from 'node:fs';
import type { SessionRecord, StoreEntry } from '../../store/contract.js';
import { DENIED, faultOfFile, type WikiFile } from '../files/folder.js';
import type { FileName } from '../files/names.js';
import { type RecordContext, readSession, recordOf, recordWithoutFile } from './record.js';
import type { Wiki } from './wiki.js';

/** Makes entries of the files of sessions, for the reader, and for the writer, which reads a file under its lock. */
export class WikiEntries {
  readonly #wiki: Wiki;
  /** The ids of the files that this process may not read, as of the last look at each. */
  readonly denied = new Set<string>();

  constructor(wiki: Wiki) {
    this.#wiki = wiki;
  }

  /** The session in the file of this name, readable or not; null when there is none. @throws a system error that is not the file's own */
  entry(id: string, name: FileName): StoreEntry | null {
    let bytes = 0;
    this.denied.delete(id);
    try {
      const file = this.#wiki.sessions.read(name);
      if (file === null) return this.withoutFile(id, name);
      bytes = file.bytes.length;
      return { id, bytes, record: this.recordOf(id, file) };
    } catch (error) {
      const unreadable = faultOfFile(error);
      if (unreadable === null) throw error;
      bytes ||= sizeOf(this.#wiki.sessions.statsOf(name));
      if (unreadable !== DENIED) return { id, bytes, record: null, unreadable };
      this.denied.add(id);
      const outline = this.outline(id, name);
      return { id, bytes, record: null, unreadable, denied: true, ...(outline !== null && { outline }) };
    }
  }

  /**
   * What is known of a login whose file may not be read (1.6): its secret says whose it is, and ends it. Null for any other session.
   * Nothing is known of its values.
   */
  outline(id: string, name: FileName): SessionRecord | null {
    const stats = this.#wiki.sessions.statsOf(name);
    if ((this.#wiki.secrets?.ownerOf(name) ?? null) === null || stats === null) return null;
    return recordWithoutFile(this.#contextOf(id, name, stats.mtimeMs));
  }

  /** The login whose secret this is, if there is one (1.6). */
  withoutFile(id: string, name: FileName): StoreEntry | null {
    const owner = this.#wiki.secrets?.ownerOf(name);
    if (owner === undefined || owner === null || this.#wiki.sessions.statsOf(name) !== null) return null;
    return { id, bytes: 0, record: recordWithoutFile(this.#contextOf(id, name, owner.written)) };
  }

  #contextOf(id: string, name: FileName, mtime: number): RecordContext {
    const { layout, secrets } = this.#wiki;
    const owner = secrets?.ownerOf(name) ?? null;
    return {
      id,
      layout,
      mtime: Math.floor(mtime),
      owner: owner && { id: owner.userId, name: this.#userName(owner.userId), method: 'moin_login' },
      nameOf: (userId) => this.#userName(userId),
    };
  }

  /** The id stands for the name of a user who is gone. */
  #userName(userId: string): string {
    return this.#wiki.users?.byId(userId)?.name || userId;
  }

  /** The record of a file that was read. @throws PickleError */
  recordOf(id: string, file: WikiFile): SessionRecord {
    return recordOf(readSession(file.bytes), this.#contextOf(id, file.name, file.stats.mtimeMs));
  }
}

/** The size (bytes) of a file; 0 for what is none. */
export function sizeOf(stats: Stats | null): number {
  return stats?.isFile() ? stats.size : 0;
}
