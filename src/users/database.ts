import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { LowSync } from 'lowdb';
import type { Clock } from '../clock.js';
import { errorCode } from '../errors.js';
import { Disk } from '../store/disk.js';
import { storeFault } from '../store/fault.js';
import { JsonFile } from '../store/json-file.js';
import { LockFile } from '../store/lock.js';
import { noUsers, parseUserFile, type UserFile, UserIndex } from './stored.js';

/** File systems count time in ticks of some milliseconds: two states of a file this close may look the same. */
const TICK = 50;

/** The file of the embedded user directory: read when it changed, replaced under a lock. Errors are `StoreError`s. */
export class UserDatabase {
  readonly path: string;
  readonly #clock: Clock;
  readonly #file: JsonFile<UserFile>;
  readonly #lock: LockFile;
  #cached: { stamp: string; index: UserIndex } | null = null;

  /** Touches no file yet. */
  constructor(path: string, clock: Clock) {
    this.path = path;
    this.#clock = clock;
    const disk = new Disk(dirname(path), 'fsync');
    this.#file = new JsonFile(disk, path, {
      parse: (text) => parseUserFile(path, text),
      mtime: () => undefined,
    });
    this.#lock = new LockFile(`${path}.lock`, () => disk.openShared(`${path}.lock`));
  }

  /** The users as they are now. Costs one `stat` while the file stays as it was. */
  read(): UserIndex {
    try {
      return this.#current();
    } catch (error) {
      throw storeFault(error, `cannot read the user directory ${this.path}`);
    }
  }

  /** Runs `change` on what the file holds now, alone among all processes, and writes what it leaves. */
  async change<R>(change: (file: UserFile, index: UserIndex) => R): Promise<R> {
    try {
      return await this.#lock.exclusive(0, () => {
        const database = this.#load();
        const result = change(database.data, new UserIndex(database.data.users));
        database.write();
        return result;
      });
    } catch (error) {
      throw storeFault(error, `cannot write the user directory ${this.path}`);
    } finally {
      this.#lock.close();
      this.#cached = null;
    }
  }

  /** The stamp is taken before the reading: what changes in between is then read again, not missed. */
  #current(): UserIndex {
    const { stamp, settled } = this.#look();
    if (this.#cached?.stamp === stamp) return this.#cached.index;
    const index = new UserIndex(this.#load().data.users);
    this.#cached = settled ? { stamp, index } : null;
    return index;
  }

  #look(): { stamp: string; settled: boolean } {
    try {
      const { ino, size, mtimeNs, ctimeNs, ctimeMs } = lstatSync(this.path, { bigint: true });
      const settled = Number(ctimeMs) < this.#clock() - TICK;
      return { stamp: `${ino} ${size} ${mtimeNs} ${ctimeNs}`, settled };
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return { stamp: 'absent', settled: false };
      throw error;
    }
  }

  #load(): LowSync<UserFile> {
    const database = new LowSync(this.#file, noUsers());
    database.read();
    return database;
  }
}
