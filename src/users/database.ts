import { lstatSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { LowSync } from 'lowdb';
import type { Clock } from '../base/clock.js';
import { errorCode, StoreError } from '../base/errors.js';
import { type Remedies, storeFault } from '../disk/fault.js';
import { LockFile } from '../disk/lock.js';
import { systemError } from '../disk/plain-file.js';
import { DiskWriter } from '../disk/writer.js';
import { UserFileAdapter } from './adapter.js';
import { assertReplaceable, exposureOf } from './path.js';
import { noUsers, type UserFile, UserIndex } from './stored.js';

/** File systems count time in ticks of some milliseconds: two states of a file this close may look the same. */
const TICK = 50;

const ABSENT = 'absent';

/** What helps here, and not with a store. */
const REMEDIES: Remedies = {
  EROFS: 'it is on a read-only file system, as a mounted secret: change it at its source, or remount it',
  EACCES: 'permission denied: run as root or as the user whom it belongs to, or mend the permissions',
  EPERM: 'it belongs to another user or group: run as root or as that user, who alone can keep it theirs',
  ENOENT: 'it is a symbolic link that leads nowhere: restore or mount what it led to',
  ELOOP: 'it became a symbolic link meanwhile: look who writes to its folder',
  ENOTDIR: "a part of the path is a file, not a folder: name another file in 'users'",
  EFBIG: "it is larger than 16 MB: bring a user directory of your own as 'users'",
};

/**
 * The file of the embedded user directory: read when it changed, replaced under a lock. Errors are `StoreError`s. One that
 * never was there holds no users; one that was, and has gone, is an error: else all of them would be logged out.
 */
export class UserDatabase {
  readonly path: string;
  readonly #clock: Clock;
  readonly #disk: DiskWriter;
  readonly #lock: LockFile;
  #cached: { stamp: string; index: UserIndex } | null = null;
  #wasThere = false;
  #warned = false;

  /** Touches no file yet. */
  constructor(path: string, clock: Clock) {
    this.path = path;
    this.#clock = clock;
    this.#disk = new DiskWriter(dirname(path), 'fsync');
    this.#lock = new LockFile(`${path}.lock`, () => this.#openLock());
  }

  /** The users as they are now. Costs one `stat` while the file stays as it was. */
  read(): UserIndex {
    try {
      return this.#current();
    } catch (error) {
      throw storeFault(error, `cannot read the user directory ${this.path}`, REMEDIES);
    }
  }

  /** @throws StoreError when it is known beforehand that `change` cannot write: a link is in the way, or the file has gone. */
  assertReplaceable(): void {
    assertReplaceable(this.path);
    this.read();
  }

  /**
   * To be called after `assertReplaceable`. Runs `change` on what the file holds now, alone among all processes, and writes what it leaves. The file keeps its
   * owner, group and mode (an ACL is lost); a new one has mode 0600.
   */
  async change<R>(change: (file: UserFile, index: UserIndex) => R): Promise<R> {
    try {
      return await this.#lock.exclusive(0, () => {
        this.#look();
        const database = this.#load('refuse');
        const result = change(database.data, new UserIndex(database.data.users));
        database.write();
        this.#wasThere = true;
        return result;
      });
    } catch (error) {
      throw this.#writeFault(error);
    } finally {
      this.#lock.close();
      this.#cached = null;
    }
  }

  /**
   * The stamp is taken before the reading: what changes in between is then read again, not missed. A mounted secret may
   * be swapped between two steps: what was there a moment ago is looked for again.
   */
  #current(attempts = 3): UserIndex {
    try {
      const { stamp, settled } = this.#look();
      if (this.#cached?.stamp === stamp) return this.#cached.index;
      const index = new UserIndex(stamp === ABSENT ? [] : this.#load('follow').data.users);
      this.#cached = settled ? { stamp, index } : null;
      this.#warnOfExposure();
      return index;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || attempts === 1) throw error;
      return this.#current(attempts - 1);
    }
  }

  /** Through links: the stamp changes with what is at their end. A link to nothing is a fault, and not "no users". */
  #look(): { stamp: string; settled: boolean } {
    try {
      const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = statSync(this.path, { bigint: true });
      const settled = Number(ctimeMs) < this.#clock() - TICK;
      this.#wasThere = true;
      return { stamp: `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`, settled };
    } catch (error) {
      const isAbsent = lstatSync(this.path, { throwIfNoEntry: false }) === undefined;
      if (errorCode(error) !== 'ENOENT' || !isAbsent) throw error;
      if (this.#wasThere) throw gone(this.path);
      return { stamp: ABSENT, settled: false };
    }
  }

  #load(links: 'follow' | 'refuse'): LowSync<UserFile> {
    const adapter = new UserFileAdapter(this.#disk, this.path, links);
    const database = new LowSync(adapter, noUsers());
    database.read();
    if (this.#wasThere && !adapter.found) throw systemError('ENOENT', 'open');
    return database;
  }

  /** Root gives the lock to the owner of the file, who is to lock it as well. */
  #openLock(): number {
    try {
      return this.#disk.openShared(`${this.path}.lock`, lstatSync(this.path, { throwIfNoEntry: false }));
    } catch (error) {
      throw this.#writeFault(error);
    }
  }

  #writeFault(error: unknown): Error {
    return storeFault(error, `cannot write the user directory ${this.path}`, REMEDIES);
  }

  #warnOfExposure(): void {
    const exposure = this.#warned ? null : exposureOf(this.path);
    if (exposure === null) return;
    this.#warned = true;
    process.emitWarning(exposure);
  }
}

function gone(path: string): StoreError {
  return new StoreError(
    `the user directory ${path} was there and has gone: put it back or mount it; if it was meant to go, restart the process`,
  );
}
