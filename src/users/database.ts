import { lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LowSync } from 'lowdb';
import type { Clock } from '../base/clock.js';
import { errorCode } from '../base/errors.js';
import { assertLocksHold } from '../disk/kernel-locks.js';
import { LockFile } from '../disk/lock.js';
import { systemError } from '../disk/plain-file.js';
import { inSafeFolder, safeFolder } from '../disk/safe-folder.js';
import { type FileStamp, isSameStamp } from '../disk/stamp.js';
import { DiskWriter } from '../disk/writer.js';
import { UserFileAdapter } from './adapter.js';
import { noUserFile, openedReadOnly, readFault, writeFault } from './faults.js';
import { FileWatch } from './file-watch.js';
import { assertReplaceable, exposureWarning } from './path.js';
import { UserSnapshot } from './snapshot.js';
import { noUsers, type UserFile } from './user-file.js';

/** How often to read again when a mounted secret is swapped during a read. */
const ATTEMPTS = 3;

const NO_USERS = new UserSnapshot([]);

/** The file of the embedded user directory. Reads it when it has changed, and replaces it under a lock. */
export class UserDatabase {
  readonly path: string;
  readonly readOnly: boolean;
  /** For reading; a change has one of its own. */
  readonly #disk: DiskWriter;
  readonly #watch: FileWatch;
  #cached: { stamp: FileStamp; snapshot: UserSnapshot } | null = null;
  #warned = false;

  /** Touches no file yet. @param path absolute @throws StoreError in a runtime that cannot lock files */
  constructor(path: string, clock: Clock, readOnly: boolean) {
    // At once, and not at the first change, whose lock asks again.
    assertLocksHold();
    this.path = path;
    this.readOnly = readOnly;
    this.#disk = new DiskWriter(dirname(path), 'fsync');
    this.#watch = new FileWatch(path, clock);
  }

  /**
   * The users as they are now. Costs one `stat` while the file is unchanged. A file that never existed holds no users.
   * @throws StoreError also when the file existed before, and does not now
   */
  read(): UserSnapshot {
    try {
      return this.#current(ATTEMPTS);
    } catch (error) {
      throw readFault(this.path, error);
    }
  }

  /**
   * The users as a `change` would find them: root follows no link that others can change, so nobody else's users are taken for these.
   * @throws StoreError
   */
  readForChange(): UserSnapshot {
    if (process.geteuid?.() !== 0) return this.read();
    assertReplaceable(this.path);
    try {
      return inSafeFolder(dirname(this.path), (folder) => {
        const path = join(folder, basename(this.path));
        const adapter = new UserFileAdapter(this.#disk, path, { links: 'refuse', name: this.path });
        return new UserSnapshot((adapter.read() ?? noUsers()).users);
      });
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return NO_USERS;
      throw readFault(this.path, error);
    }
  }

  /** @throws StoreError when there is no file, or it cannot be read */
  assertExists(): void {
    this.read();
    if (!this.#watch.wasPresent) throw noUserFile(this.path);
  }

  /** Refuses early what `change` could not write. @throws StoreError: read-only, a link in the path, or no file any more */
  assertWritable(): void {
    if (this.readOnly) throw openedReadOnly(this.path);
    assertReplaceable(this.path);
    this.read();
  }

  /**
   * Runs `change` on the current content of the file while no other process changes it, then writes the result. The file
   * keeps its owner, group and mode, but not an ACL; a new file has mode 0600.
   * @throws StoreError
   */
  async change<R>(change: (file: UserFile, users: UserSnapshot) => R): Promise<R> {
    this.assertWritable();
    try {
      return await this.#changeIn(change);
    } catch (error) {
      throw writeFault(this.path, error);
    } finally {
      this.#cached = null;
    }
  }

  /** Opens the folder once, so that lock, temporary file and user file are in the same one. */
  async #changeIn<R>(change: (file: UserFile, users: UserSnapshot) => R): Promise<R> {
    const folder = safeFolder(dirname(this.path), { create: true });
    const path = join(folder.path, basename(this.path));
    const disk = new DiskWriter(folder.path, 'fsync');
    const lock = new LockFile(`${path}.lock`, () => this.#openLock(disk, path), {
      name: `${this.path}.lock`,
    });
    try {
      return await lock.exclusive(0, () => {
        this.#watch.look();
        const database = this.#load(new UserFileAdapter(disk, path, { links: 'refuse', name: this.path }));
        const result = change(database.data, new UserSnapshot(database.data.users));
        database.write();
        this.#watch.noteWritten();
        return result;
      });
    } finally {
      lock.close();
      folder.close();
    }
  }

  /** Takes the stamp before it reads: a change in between then causes another read, and is not missed. */
  #current(attempts: number): UserSnapshot {
    try {
      const state = this.#watch.look();
      if (state.status === 'absent') return NO_USERS;
      if (this.#cached !== null && isSameStamp(this.#cached.stamp, state.stamp)) return this.#cached.snapshot;
      const snapshot = new UserSnapshot(
        this.#load(new UserFileAdapter(this.#disk, this.path, { links: 'follow' })).data.users,
      );
      this.#cached = state.isSettled ? { stamp: state.stamp, snapshot } : null;
      this.#warnOfExposure();
      return snapshot;
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || attempts === 1) throw error;
      return this.#current(attempts - 1);
    }
  }

  #load(adapter: UserFileAdapter): LowSync<UserFile> {
    const database = new LowSync(adapter, noUsers());
    database.read();
    if (this.#watch.wasPresent && !adapter.found) throw systemError('ENOENT', 'open');
    return database;
  }

  /** Root gives the lock file to the owner of the user file, who needs it too. */
  #openLock(disk: DiskWriter, path: string): number {
    try {
      return disk.openShared(`${path}.lock`, lstatSync(path, { throwIfNoEntry: false }));
    } catch (error) {
      throw writeFault(this.path, error);
    }
  }

  #warnOfExposure(): void {
    const warning = this.#warned ? null : exposureWarning(this.path);
    if (warning === null) return;
    this.#warned = true;
    process.emitWarning(warning);
  }
}
