import type { CheckWork } from './password.js';
import { parseHash } from './phc.js';
import { distinct } from './scrypt.js';
import type { StoredUser } from './user-file.js';

/** The users in the file at one moment. Finds them by id and by name without a search. */
export class UserSnapshot {
  readonly #byId = new Map<string, StoredUser>();
  readonly #byName = new Map<string, StoredUser>();
  #work: CheckWork | null = null;

  constructor(readonly users: readonly StoredUser[]) {
    for (const user of users) {
      this.#byId.set(user.id, user);
      this.#byName.set(user.name.normalize('NFC'), user);
    }
  }

  /** The distinct parameters of the users' hashes, more than one after an option changed, and what is under them. */
  get work(): CheckWork {
    this.#work ??= this.#workOfAll();
    return this.#work;
  }

  byId(id: string): StoredUser | null {
    return this.#byId.get(id) ?? null;
  }

  /** @param name in NFC */
  byName(name: string): StoredUser | null {
    return this.#byName.get(name) ?? null;
  }

  #workOfAll(): CheckWork {
    const hashes = this.users.flatMap(({ password }) => parseHash(password) ?? []);
    return {
      costs: distinct(hashes.map(({ parameters }) => parameters)),
      kinds: [...new Set(hashes.flatMap(({ inner }) => inner?.kind ?? []))],
    };
  }
}
