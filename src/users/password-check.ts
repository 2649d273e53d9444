import { StoreError, TooManyLoginsError } from '../base/errors.js';
import type { UserDatabase } from './database.js';
import { hashPassword, matches, needsRehash, normalizePassword, parseHash } from './password.js';
import { distinct, type ScryptParameters } from './scrypt.js';
import type { StoredUser } from './user-file.js';

/** Checks passwords against the user file, and renews hashes that became too cheap. */
export class PasswordCheck {
  readonly #database: UserDatabase;
  readonly #scrypt: ScryptParameters;
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
    const costs = distinct([this.#scrypt, ...users.costs]);
    const isRight = await matches(hash, normalized, costs, name);
    if (user === null) return false;
    if (hash === null) throw this.#unknownFormat(user);
    if (isRight && needsRehash(hash, this.#scrypt) && !this.#database.readOnly)
      await this.#rehash(user, normalized);
    return isRight;
  }

  /** Warns once when a hash cannot be renewed: the login goes on. */
  async #rehash({ id, name, password: old }: StoredUser, password: string): Promise<void> {
    try {
      this.#database.assertWritable();
      const renewed = await hashPassword(password, this.#scrypt, name);
      await this.#database.change((_, users) => {
        const user = users.byId(id);
        if (user?.password === old) user.password = renewed;
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
