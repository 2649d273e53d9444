import { StoreError } from '../base/errors.js';
import { isJsonObject } from '../base/json.js';
import type { DirectoryUser } from './directory.js';
import { parseHash } from './password.js';
import { differing, type ScryptParameters } from './scrypt.js';

/** The one format of the file that this version writes; it reads no newer one, and leaves that alone. */
const VERSION = 1;

/** What the file holds of a user. */
export interface StoredUser {
  id: string;
  name: string;
  /** A PHC string. */
  password: string;
  disabled: boolean;
  /** In ms. */
  created: number;
}

/** What the file holds. */
export interface UserFile {
  version: typeof VERSION;
  users: StoredUser[];
}

/** What others get to see of a user: a copy, without the hash. */
export function publicUser({ id, name, disabled }: StoredUser): Required<DirectoryUser> {
  return { id, name, disabled };
}

export function noUsers(): UserFile {
  return { version: VERSION, users: [] };
}

/** @throws StoreError naming the file, what is wrong with it, and the remedy. Nothing of what it holds is quoted. */
export function parseUserFile(path: string, text: string): UserFile {
  const stored = parseJson(text);
  const version = isJsonObject(stored) ? stored.version : undefined;
  if (typeof version === 'number' && version > VERSION)
    throw new StoreError(
      `the user directory ${path} has format version ${version}, newer than ${VERSION}, the newest known here: upgrade moin-sessions`,
    );
  const wrong = whatIsWrong(stored);
  if (wrong !== null)
    throw new StoreError(
      `the user directory ${path} is damaged, ${wrong}: restore it from a backup, or move it away to begin with no users`,
    );
  return stored as UserFile;
}

/** The users of one state of the file, found by id and by name without searching. */
export class UserIndex {
  readonly #byId = new Map<string, StoredUser>();
  readonly #byName = new Map<string, StoredUser>();
  #costs: readonly ScryptParameters[] | null = null;

  constructor(readonly users: readonly StoredUser[]) {
    for (const user of users) {
      this.#byId.set(user.id, user);
      this.#byName.set(user.name.normalize('NFC'), user);
    }
  }

  /** What the users' hashes cost, each once: one, or some more after it was raised. */
  get costs(): readonly ScryptParameters[] {
    this.#costs ??= differing(this.users.flatMap(({ password }) => parseHash(password)?.parameters ?? []));
    return this.#costs;
  }

  byId(id: string): StoredUser | null {
    return this.#byId.get(id) ?? null;
  }

  /** @param name in NFC */
  byName(name: string): StoredUser | null {
    return this.#byName.get(name) ?? null;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function whatIsWrong(stored: unknown): string | null {
  if (stored === undefined) return 'it is not JSON, or only the beginning of it';
  if (!isJsonObject(stored) || stored.version !== VERSION) return 'it has no known format version';
  if (!Array.isArray(stored.users)) return "'users' is not a list";
  const odd = stored.users.findIndex((user) => !isStoredUser(user));
  if (odd !== -1) return `its user number ${odd + 1} lacks id, name, password, 'disabled' or 'created'`;
  return whatIsDouble(stored.users as StoredUser[]);
}

function isStoredUser(user: unknown): boolean {
  return (
    isJsonObject(user) &&
    typeof user.id === 'string' &&
    typeof user.name === 'string' &&
    typeof user.password === 'string' &&
    typeof user.disabled === 'boolean' &&
    Number.isSafeInteger(user.created)
  );
}

/** With two users of one name or id, which of them logs in would be a matter of chance. */
function whatIsDouble(users: readonly StoredUser[]): string | null {
  if (new Set(users.map((user) => user.id)).size < users.length) return 'two users have the same id';
  const names = new Set(users.map((user) => user.name.normalize('NFC')));
  return names.size < users.length ? 'two users have the same name' : null;
}
