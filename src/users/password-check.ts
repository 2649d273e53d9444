import { StoreError, TooManyLoginsError } from '../base/errors.js';
import type { UserDatabase } from './database.js';
import { hashPassword, matches, needsRehash, normalizePassword } from './password.js';
import { renewHash } from './password-stamp.js';
import { NO_PASSWORD, parseHash } from './phc.js';
import { distinct, type ScryptParameters } from './scrypt.js';
import type { StoredUser } from './user-file.js';

/** Checks passwords against the user file, and renews hashes that became too cheap or came from another system. */
export class PasswordCheck {
  readonly #database: UserDatabase;
  readonly #scrypt: ScryptParameters;
  /** By user id: logins at the same time share one renewal. */
  readonly #renewals = new Map<string, Promise<void>>();
  #warned = false;

  constructor(database: UserDatabase, scrypt: ScryptParameters) {
    this.#database = database;
    this.#scrypt = scrypt;
  }

  /**
   * @param id the user's id; null when nobody has the typed name
   * @param name the typed name, in NFC
   * @throws TooManyLoginsError; StoreError also when the hash is in no known format
   */
  async verify(id: string | null, password: string, name: string): Promise<boolean> {
    const normalized = normalizePassword(password);
    if (normalized === null) return false;
    const users = this.#database.read();
    const user = id === null ? null : users.byId(id);
    const hash = user === null ? null : parseHash(user.password);
    const { costs, kinds } = users.work;
    const work = { costs: distinct([this.#scrypt, ...costs]), kinds };
    const isRight = await matches(hash, { password: normalized, typed: password, name }, work);
    if (user === null || user.password === NO_PASSWORD) return false;
    if (hash === null) throw this.#unknownFormat(user);
    if (isRight && needsRehash(hash, this.#scrypt) && !this.#database.readOnly)
      await this.#renewOnce(user, normalized);
    return isRight;
  }

  #renewOnce(user: StoredUser, password: string): Promise<void> {
    const before = this.#renewals.get(user.id);
    if (before !== undefined) return before;
    const renewal = this.#rehash(user, password).finally(() => this.#renewals.delete(user.id));
    this.#renewals.set(user.id, renewal);
    return renewal;
  }

  /** Warns once when a hash cannot be renewed: the login goes on. */
  async #rehash({ id, name, password: old }: StoredUser, password: string): Promise<void> {
    try {
      this.#database.assertWritable();
      // Another login may have been faster.
      if (this.#database.read().byId(id)?.password !== old) return;
      const renewed = await hashPassword(password, this.#scrypt, name);
      await this.#database.change((_, users) => {
        const user = users.byId(id);
        if (user?.password === old) renewHash(user, renewed);
      });
    } catch (error) {
      if (this.#warned || error instanceof TooManyLoginsError) return;
      this.#warned = true;
      process.emitWarning(`a password hash could not be renewed: ${(error as Error).message}`);
    }
  }

  #unknownFormat({ name }: StoredUser): StoreError {
    return new StoreError(
      `the password hash of the user ${JSON.stringify(name)} in ${this.#database.path} is not one that can be checked here: set a new password with 'moin-sessions users passwd'`,
    );
  }
}
