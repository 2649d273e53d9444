import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock, wholeClock } from '../base/clock.js';
import { NotFoundError, UserRuleError } from '../base/errors.js';
import { isUrl } from '../base/realm.js';
import { UserDatabase } from './database.js';
import type { DirectoryUser, UserDirectory, UserFields } from './directory.js';
import { assertFieldNames, type FieldChanges, newFields } from './fields.js';
import { IMMEDIATE_USERS, type ImmediateUsers } from './immediate.js';
import { UserImport } from './import-users.js';
import type { ImportedUser, UserToImport } from './import-verdict.js';
import { newName, normalizeName } from './name.js';
import { hashPassword, newPassword } from './password.js';
import { PasswordCheck } from './password-check.js';
import { passwordStamp, replacePassword } from './password-stamp.js';
import { type ScryptParameters, scryptParameters } from './scrypt.js';
import type { UserSnapshot } from './snapshot.js';
import { publicUser, type StoredUser } from './user-file.js';

export interface FileUserDirectoryOptions {
  /** What a new hash costs. A cheaper hash is renewed when its user logs in. Default: 2^17, 8, 1. */
  scrypt?: Partial<ScryptParameters>;
  /** Never write: renew no hashes, and throw a `StoreError` instead of changing a user. Default false. */
  readOnly?: boolean;
  clock?: Clock;
}

/** A user as `list` shows them. */
export interface ListedUser extends DirectoryUser {
  disabled: boolean;
  created: Date;
}

/**
 * The embedded user directory: one JSON file of mode 0600, shared by all processes of a machine (spec 5).
 * A file that never existed holds no users; the first `add` creates it. A file that existed when this process looked, and
 * is gone now, is an error. Each write replaces the whole file, which suits some thousands of users; for more, implement
 * `UserDirectory`.
 *
 * Every method that touches the file may throw a `StoreError` that names the file and the remedy.
 */
export class FileUserDirectory implements UserDirectory {
  readonly #database: UserDatabase;
  readonly #scrypt: ScryptParameters;
  readonly #clock: Clock;
  readonly #passwords: PasswordCheck;
  /** As it is here: what wraps the method of the prototype later is not passed by either. */
  static readonly #findById = FileUserDirectory.prototype.findById;

  /** @internal For requests. */
  readonly [IMMEDIATE_USERS]: ImmediateUsers = {
    standsFor: FileUserDirectory.#findById,
    findById: (id) => {
      const user = this.#database.read().byId(id);
      return user && publicUser(user);
    },
  };

  /** Touches no file yet. @throws ConfigurationError when the scrypt parameters are impossible, or `clock` is not a clock */
  constructor(path: string | URL, options: FileUserDirectoryOptions = {}) {
    this.#scrypt = scryptParameters(options.scrypt);
    this.#clock = wholeClock(options.clock ?? systemClock);
    const file = resolve(isUrl(path) ? fileURLToPath(path) : path);
    this.#database = new UserDatabase(file, this.#clock, options.readOnly ?? false);
    this.#passwords = new PasswordCheck(this.#database, this.#scrypt);
  }

  /** Reads the file. @throws StoreError also when there is none: a site without users lets nobody in */
  async open(): Promise<void> {
    this.#database.assertExists();
  }

  async findByName(name: string): Promise<DirectoryUser | null> {
    const normalized = normalizeName(name);
    const user = normalized === null ? null : this.#database.read().byName(normalized);
    return user && publicUser(user);
  }

  async findById(id: string): Promise<DirectoryUser | null> {
    return this[IMMEDIATE_USERS].findById(id);
  }

  /**
   * @internal The user of this name, else of this id, for a command that changes them: read as a change reads.
   */
  async findForChange(nameOrId: string): Promise<DirectoryUser | null> {
    const user = named(this.#database.readForChange(), nameOrId);
    return user && publicUser(user);
  }

  /**
   * Whether this is the user's password, disabled or not. Renews a hash that is cheaper than the option `scrypt`; if that
   * fails, the login goes on and the process warns once. While the file has hashes of several costs, each check does the
   * work of all of them, also for a name that no user has.
   *
   * A process checks two passwords at a time and lets 50 wait; names take turns. Beyond that, the name with the most
   * attempts is refused first, whether or not a user has it.
   * @param name the name that was typed. Default: the user's
   * @throws TooManyLoginsError; StoreError also when the hash is in no known format
   */
  async verifyPassword(
    user: DirectoryUser | null,
    password: string,
    name = user?.name ?? '',
  ): Promise<boolean> {
    return this.#passwords.verify(user?.id ?? null, password, normalizeName(name) ?? '');
  }

  /** As in `UserDirectory`: changes with `setPassword`, and with a hash that was written by hand. Never the hash itself. */
  async passwordStamp(id: string): Promise<string | null> {
    const user = this.#database.read().byId(id);
    return user && passwordStamp(user);
  }

  /** All users, oldest first. */
  async list(): Promise<ListedUser[]> {
    const { users } = this.#database.read();
    const oldestFirst = [...users].sort((one, other) => one.created - other.created);
    return oldestFirst.map((user) => ({ ...publicUser(user), created: new Date(user.created) }));
  }

  /**
   * Adds a user with a random id. A name has 1 to 200 characters and differs from all others after NFC; a password has 1
   * to 1024 bytes.
   * @param fields the site's own, such as roles: plain JSON. Default: none
   * @throws UserRuleError when the name is taken, or name or password break a rule: its `code` says which
   *   one; TypeError for fields that JSON cannot hold, or that are named as the library's own or contain `password`
   */
  async add(name: string, password: string, fields: UserFields = {}): Promise<DirectoryUser> {
    const unused = newName(name);
    const own = newFields(fields);
    const hash = await this.#hash(password, unused);
    return this.#database.change(({ users }, snapshot) => {
      if (snapshot.byName(unused) !== null || snapshot.byId(unused) !== null) throw nameTaken(unused);
      const id = randomBytes(12).toString('hex');
      const user = { ...own, id, name: unused, password: hash, disabled: false, created: this.#clock() };
      users.push(user);
      return publicUser(user);
    });
  }

  /**
   * @param passwordStamp for a page that asks for the present password: what `passwordStamp` gave before the check. Default:
   *   not asked
   * @throws NotFoundError; UserRuleError when the password breaks a rule, or the stamp is another one by now
   */
  async setPassword(
    nameOrId: string,
    password: string,
    { passwordStamp: before = null }: { passwordStamp?: string | null } = {},
  ): Promise<DirectoryUser> {
    const hash = await this.#hash(password, nameOrId);
    return this.#change(nameOrId, (user) => {
      if (before !== null && passwordStamp(user) !== before) throw passwordChanged();
      replacePassword(user, hash);
    });
  }

  /** A disabled user can neither log in nor go on with a session (S3). @throws NotFoundError */
  async setDisabled(nameOrId: string, disabled: boolean): Promise<DirectoryUser> {
    return this.#change(nameOrId, (user) => {
      user.disabled = disabled;
    });
  }

  /**
   * Gives a user another name. The id stays, and so do the sessions: they show the new name from their next refresh on.
   * @throws NotFoundError; UserRuleError when the name is taken, or breaks a rule
   */
  async rename(nameOrId: string, name: string): Promise<DirectoryUser> {
    const unused = newName(name);
    return this.#change(nameOrId, (user, users) => {
      const namesake = users.byName(unused);
      const isTaken = namesake !== null && namesake.id !== user.id;
      if (isTaken || users.byId(unused) !== null) throw nameTaken(unused);
      user.name = unused;
    });
  }

  /** Removes a user: nobody can log in as them, and their sessions are refused (spec 2). @throws NotFoundError */
  async remove(nameOrId: string): Promise<DirectoryUser> {
    return this.#database.change((file, users) => {
      const user = found(users, nameOrId);
      file.users = file.users.filter(({ id }) => id !== user.id);
      return publicUser(user);
    });
  }

  /**
   * Changes fields of the site's own, such as roles; those that are undefined go. The others stay.
   * @throws NotFoundError; TypeError as `add` for fields that JSON cannot hold, or that have a name of the library's own
   */
  async setFields(nameOrId: string, fields: FieldChanges): Promise<DirectoryUser> {
    const entries = Object.entries(fields);
    const own = newFields(Object.fromEntries(entries.filter(([, value]) => value !== undefined)));
    const gone = entries.flatMap(([key, value]) => (value === undefined ? [key] : []));
    assertFieldNames(gone);
    return this.#change(nameOrId, (user) => {
      Object.assign(user, own);
      for (const key of gone) delete user[key as keyof StoredUser];
    });
  }

  /**
   * Takes users of a MoinMoin wiki into the file, with their ids. Their hashes are not kept as they are: each becomes the input of
   * scrypt, which takes as long as for a new user, and is replaced at the first login. Users without a hash that can be checked
   * come along; no password opens their account until `setPassword`. Gives what became of each user, in order, once it is written;
   * a second run goes on where the first was interrupted.
   * @param dryRun only say what would become of them. Default false
   * @param allCores hash on all cores, for a process that does nothing else: one hash a core, as many as threads of Node's pool
   * (`UV_THREADPOOL_SIZE`, default 4), and in half of the free memory. Default false: two at a time, in line with the logins
   * @throws TooManyLoginsError while it runs in a server under a flood of logins; TypeError as `add` for the fields
   */
  importMoinUsers(
    users: Iterable<UserToImport>,
    options: { dryRun?: boolean; allCores?: boolean } = {},
  ): AsyncGenerator<ImportedUser> {
    return new UserImport(this.#database, this.#scrypt, this.#clock).run(users, options);
  }

  /** Called before the lock is taken: hashing takes long. */
  async #hash(password: string, name: string): Promise<string> {
    const normalized = newPassword(password);
    this.#database.assertWritable();
    return hashPassword(normalized, this.#scrypt, name);
  }

  #change(nameOrId: string, change: (user: StoredUser, users: UserSnapshot) => void): Promise<DirectoryUser> {
    return this.#database.change((_, users) => {
      const user = found(users, nameOrId);
      change(user, users);
      return publicUser(user);
    });
  }
}

function named(users: UserSnapshot, nameOrId: string): StoredUser | null {
  return users.byName(normalizeName(nameOrId) ?? '') ?? users.byId(nameOrId);
}

/** @throws NotFoundError */
function found(users: UserSnapshot, nameOrId: string): StoredUser {
  const user = named(users, nameOrId);
  if (user === null) throw notFound(nameOrId);
  return user;
}

function nameTaken(name: string): UserRuleError {
  return new UserRuleError(
    `there is a user ${JSON.stringify(name)} already: choose another name`,
    'name-taken',
  );
}

function passwordChanged(): UserRuleError {
  return new UserRuleError(
    'the password was changed meanwhile: log in with the new one, and try again',
    'password-changed',
  );
}

function notFound(nameOrId: string): NotFoundError {
  return new NotFoundError(
    `there is no user ${JSON.stringify(nameOrId)}: see 'moin-sessions users list' for names and ids`,
  );
}
