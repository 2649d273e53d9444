import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock, wholeClock } from '../base/clock.js';
import { NotFoundError, StoreError, TooManyLoginsError, UsageError } from '../base/errors.js';
import { isUrl } from '../base/realm.js';
import { UserDatabase } from './database.js';
import type { DirectoryUser, UserDirectory } from './directory.js';
import { newName, normalizeName } from './name.js';
import { hashPassword, matches, needsRehash, newPassword, normalizePassword, parseHash } from './password.js';
import { differing, type ScryptParameters, scryptParameters } from './scrypt.js';
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
 * A file that does not exist holds no users; the first `add` makes it. One that was there and has gone is an error. Every write replaces the whole file, which
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

  /** Touches no file yet. @throws ConfigurationError when the scrypt parameters are impossible, or the clock is none */
  constructor(path: string | URL, options: FileUserDirectoryOptions = {}) {
    this.#scrypt = scryptParameters(options.scrypt);
    this.#readOnly = options.readOnly ?? false;
    this.#clock = wholeClock(options.clock ?? systemClock);
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
   * asked for now gets a new one; if that fails, the login goes on and the process warns once. As long as the file has
   * hashes of several costs, each check does the work of all of them, whoever asks.
   *
   * A process checks two passwords at a time and lets 50 wait; names take turns. Beyond that, the name with the most
   * attempts is refused first, whether or not somebody has it.
   * @throws TooManyLoginsError; StoreError also when the hash cannot be checked
   */
  async verifyPassword(
    user: DirectoryUser | null,
    password: string,
    name = user?.name ?? '',
  ): Promise<boolean> {
    const normalized = normalizePassword(password);
    if (normalized === null) return false;
    const index = this.#database.read();
    const stored = user === null ? null : index.byId(user.id);
    const hash = stored === null ? null : parseHash(stored.password);
    const costs = differing([this.#scrypt, ...index.costs]);
    const isRight = await matches(hash, normalized, costs, normalizeName(name) ?? '');
    if (stored === null) return false;
    if (hash === null) throw this.#uncheckable(stored);
    if (isRight && needsRehash(hash, this.#scrypt) && !this.#readOnly) await this.#rehash(stored, normalized);
    return isRight;
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
    const hash = await this.#hash(password, unused);
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
    const hash = await this.#hash(password, nameOrId);
    return this.#change(nameOrId, { password: hash });
  }

  /** A disabled user can neither log in nor go on with a session (S3). @throws NotFoundError */
  async setDisabled(nameOrId: string, disabled: boolean): Promise<DirectoryUser> {
    return this.#change(nameOrId, { disabled });
  }

  /** Hashing takes long, so it comes before the lock. */
  async #hash(password: string, name: string): Promise<string> {
    const normalized = newPassword(password);
    this.#assertWritable();
    return hashPassword(normalized, this.#scrypt, name);
  }

  #uncheckable({ name }: StoredUser): StoreError {
    return new StoreError(
      `the password hash of the user ${JSON.stringify(name)} in ${this.#database.path} is not one that can be checked here: set a new password with 'moin-sessions users passwd'`,
    );
  }

  async #rehash({ id, name, password: old }: StoredUser, password: string): Promise<void> {
    try {
      this.#assertWritable();
      const renewed = await hashPassword(password, this.#scrypt, name);
      await this.#write((_, index) => {
        const user = index.byId(id);
        if (user?.password === old) user.password = renewed;
      });
    } catch (error) {
      if (this.#warned || error instanceof TooManyLoginsError) return;
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
    this.#database.assertReplaceable();
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
