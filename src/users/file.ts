import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '../clock.js';
import { NotFoundError, StoreError, UsageError } from '../errors.js';
import { isUrl } from '../realm.js';
import { UserDatabase } from './database.js';
import type { DirectoryUser, UserDirectory } from './directory.js';
import { newName, normalizeName } from './name.js';
import { hashPassword, matches, needsRehash, newPassword, normalizePassword, parseHash } from './password.js';
import { type ScryptParameters, scryptParameters } from './scrypt.js';
import { publicUser, type StoredUser, type UserFile, type UserIndex } from './stored.js';

export interface FileUserDirectoryOptions {
  /** What a new hash costs. Older, cheaper ones are renewed when their user logs in. Default: 2^17, 8, 1. */
  scrypt?: Partial<ScryptParameters>;
  /** Never write: hashes are not renewed, and what would change a user is refused. Default false. */
  readOnly?: boolean;
  clock?: Clock;
}

/** A user as `list` shows them. */
export interface ListedUser extends Required<DirectoryUser> {
  created: Date;
}

/**
 * The embedded user directory: one JSON file of mode 0600, shared by all processes of a machine (spec 5).
 * A file that does not exist holds no users; the first `add` makes it. Every write replaces the whole file, which
 * suits some thousands of users; beyond that, bring a `UserDirectory` of your own.
 *
 * Whatever touches the file may throw a `StoreError` that names it and the remedy.
 */
export class FileUserDirectory implements UserDirectory {
  readonly #database: UserDatabase;
  readonly #scrypt: ScryptParameters;
  readonly #readOnly: boolean;
  readonly #clock: Clock;
  #warned = false;

  /** Touches no file yet. @throws ConfigurationError when the scrypt parameters are impossible */
  constructor(path: string | URL, options: FileUserDirectoryOptions = {}) {
    this.#scrypt = scryptParameters(options.scrypt);
    this.#readOnly = options.readOnly ?? false;
    this.#clock = options.clock ?? systemClock;
    const file = isUrl(path) ? fileURLToPath(path) : path;
    this.#database = new UserDatabase(resolve(file), this.#clock);
  }

  async findByName(name: string): Promise<DirectoryUser | null> {
    const normalized = normalizeName(name);
    const user = normalized === null ? null : this.#database.read().byName(normalized);
    return user && publicUser(user);
  }

  async findById(id: string): Promise<DirectoryUser | null> {
    const user = this.#database.read().byId(id);
    return user && publicUser(user);
  }

  /**
   * Whether this is the user's password, disabled or not. A right password whose hash is cheaper than what is
   * asked for now gets a new one; if that fails, the login goes on and the process warns once.
   * @throws StoreError also when the hash cannot be checked, or too many logins are waiting for their check.
   */
  async verifyPassword(user: DirectoryUser | null, password: string): Promise<boolean> {
    const normalized = normalizePassword(password);
    if (normalized === null) return false;
    const stored = user === null ? null : this.#database.read().byId(user.id);
    const hash = stored === null ? null : this.#hashOf(stored);
    if (!(await matches(hash, normalized, this.#scrypt))) return false;
    if (stored !== null && hash !== null && needsRehash(hash, this.#scrypt) && !this.#readOnly)
      await this.#rehash(stored, normalized);
    return true;
  }

  /** All users, oldest first. */
  async list(): Promise<ListedUser[]> {
    const { users } = this.#database.read();
    return users.map((user) => ({ ...publicUser(user), created: new Date(user.created) }));
  }

  /**
   * A new user under a random id. Names are 1 to 200 characters, unlike those of others after NFC; passwords 1 to
   * 1024 bytes.
   * @throws UsageError when the name is taken, or name or password break a rule.
   */
  async add(name: string, password: string): Promise<DirectoryUser> {
    const unused = newName(name);
    const hash = await this.#hash(password);
    return this.#write(({ users }, index) => {
      if (index.byName(unused) !== null || index.byId(unused) !== null) throw nameTaken(unused);
      const id = randomBytes(12).toString('hex');
      const user = { id, name: unused, password: hash, disabled: false, created: this.#clock() };
      users.push(user);
      return publicUser(user);
    });
  }

  /** @throws NotFoundError; UsageError when the password breaks a rule. */
  async setPassword(nameOrId: string, password: string): Promise<DirectoryUser> {
    const hash = await this.#hash(password);
    return this.#change(nameOrId, { password: hash });
  }

  /** A disabled user can neither log in nor go on with a session (S3). @throws NotFoundError */
  async setDisabled(nameOrId: string, disabled: boolean): Promise<DirectoryUser> {
    return this.#change(nameOrId, { disabled });
  }

  /** Hashing takes long, so it comes before the lock. */
  async #hash(password: string): Promise<string> {
    const normalized = newPassword(password);
    this.#assertWritable();
    return hashPassword(normalized, this.#scrypt);
  }

  #hashOf(stored: StoredUser) {
    const hash = parseHash(stored.password);
    if (hash !== null) return hash;
    throw new StoreError(
      `the password hash of the user ${JSON.stringify(stored.name)} in ${this.#database.path} is not one that can be checked here: set a new password with 'moin-sessions users passwd'`,
    );
  }

  async #rehash({ id, password: old }: StoredUser, password: string): Promise<void> {
    try {
      const renewed = await hashPassword(password, this.#scrypt);
      await this.#write((_, index) => {
        const user = index.byId(id);
        if (user?.password === old) user.password = renewed;
      });
    } catch (error) {
      if (this.#warned) return;
      this.#warned = true;
      process.emitWarning(`a password hash could not be renewed: ${(error as Error).message}`);
    }
  }

  #change(nameOrId: string, change: Partial<StoredUser>): Promise<DirectoryUser> {
    return this.#write((_, index) => {
      const user = index.byName(normalizeName(nameOrId) ?? '') ?? index.byId(nameOrId);
      if (user === null) throw notFound(nameOrId);
      return publicUser(Object.assign(user, change));
    });
  }

  async #write<R>(change: (file: UserFile, index: UserIndex) => R): Promise<R> {
    this.#assertWritable();
    return this.#database.change(change);
  }

  #assertWritable(): void {
    if (this.#readOnly)
      throw new StoreError(
        `the user directory ${this.#database.path} was opened for reading only: open it without 'readOnly' to change it`,
      );
  }
}

function nameTaken(name: string): UsageError {
  return new UsageError(
    `there is a user ${JSON.stringify(name)} already: choose another name, or set their password with 'moin-sessions users passwd'`,
  );
}

function notFound(nameOrId: string): NotFoundError {
  return new NotFoundError(
    `there is no user ${JSON.stringify(nameOrId)}: see 'moin-sessions users list' for names and ids`,
  );
}
