import { StoreError } from '../base/errors.js';
import { DEEPEST, isDeeperThan, isJsonObject } from '../base/json.js';
import { plainCopy } from '../base/plain-copy.js';
import type { DirectoryUser } from './directory.js';
import { fieldsOf } from './fields.js';

/** The format version that is written and read here. A file of a newer version is neither read nor replaced. */
const VERSION = 1;

/** Notes that a hash is of the same password as the one before it. Any other hash makes the note void. */
interface PasswordRenewal {
  /** The digest of the renewed hash. */
  hash: string;
  /** The stamp of before the renewal, which goes on. */
  stamp: string;
}

/** A user in the file. */
export interface StoredUser {
  id: string;
  name: string;
  /** A PHC string. */
  password: string;
  passwordRenewal?: PasswordRenewal;
  disabled: boolean;
  /** In ms. */
  created: number;
  /** Further fields are the site's own (`UserFields`); changes keep them. */
}

/** The content of the file. */
export interface UserFile {
  version: typeof VERSION;
  users: StoredUser[];
}

/** A copy of a user without the hash: what a request changes in its fields reaches no other request. */
export function publicUser(user: StoredUser): DirectoryUser & { disabled: boolean } {
  const { id, name, disabled } = user;
  return { ...plainCopy(fieldsOf(user, ['created'])), id, name, disabled };
}

export function noUsers(): UserFile {
  return { version: VERSION, users: [] };
}

/** @throws StoreError that names the file, what is wrong with it, and the remedy, and quotes nothing of its content */
export function parseUserFile(path: string, text: string): UserFile {
  const stored = parseJson(text);
  const version = isJsonObject(stored) ? stored.version : undefined;
  if (typeof version === 'number' && version > VERSION)
    throw new StoreError(
      `the user directory ${path} has format version ${version}, newer than ${VERSION}, the newest known here: upgrade moin-sessions`,
    );
  const flaw = flawOf(stored);
  if (flaw !== null)
    throw new StoreError(
      `the user directory ${path} is damaged, ${flaw}: restore it from a backup, or move it away to begin with no users`,
    );
  return stored as UserFile;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function flawOf(stored: unknown): string | null {
  if (stored === undefined) return 'it is not JSON, or only the beginning of it';
  if (!isJsonObject(stored) || stored.version !== VERSION) return 'it has no known format version';
  if (!Array.isArray(stored.users)) return "'users' is not a list";
  const bad = stored.users.findIndex((user) => !isStoredUser(user));
  if (bad !== -1) return `its user number ${bad + 1} lacks id, name, password, 'disabled' or 'created'`;
  const deep = stored.users.findIndex((user) => isDeeperThan(DEEPEST, user));
  if (deep !== -1) return `a field of its user number ${deep + 1} is nested deeper than ${DEEPEST} levels`;
  return duplicateIn(stored.users as StoredUser[]);
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

/** Refused because chance would decide which of two users with the same name or id logs in. */
function duplicateIn(users: readonly StoredUser[]): string | null {
  if (new Set(users.map((user) => user.id)).size < users.length) return 'two users have the same id';
  const names = new Set(users.map((user) => user.name.normalize('NFC')));
  return names.size < users.length ? 'two users have the same name' : null;
}
