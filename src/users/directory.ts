import { ConfigurationError } from '../base/errors.js';
import { own } from '../base/own.js';
import { show } from '../base/show.js';

/**
 * The fields that a user directory gives besides id, name and `disabled`, with their types: roles, locale. Extend this
 * interface:
 *
 *     declare module 'moin-sessions' {
 *       interface UserFields { roles: string[] }
 *     }
 *
 * Make a field optional if some users lack it, or if the site has no user directory.
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications extend it
export interface UserFields {}

/** A person who may log in, as the application knows them. `visit.user` gets the fields that are the object's own. */
export interface DirectoryUser extends UserFields {
  /** Never changes and is never given to another user. */
  id: string;
  /** What the person types; may change. */
  name: string;
  /** A disabled user can neither log in nor go on with a session (S3). */
  disabled?: boolean;
}

/**
 * Whether the user is disabled: nobody can be logged in as them. 1 and 0 count as true and false, as data bases give them.
 * @throws ConfigurationError for any other value, which could be meant either way
 */
export function isDisabled(user: { name?: unknown; disabled?: unknown }): boolean {
  const disabled: unknown = own(user, 'disabled') ?? false;
  if (disabled === true || disabled === 1) return true;
  if (disabled === false || disabled === 0) return false;
  throw new ConfigurationError(
    `the user directory says that 'disabled' of ${show(user.name)} is ${show(disabled)}: it must be true or false`,
  );
}

/**
 * Where auth methods look users up. An application may implement its own.
 * The methods return null for a user who does not exist. They throw when the directory itself is out of
 * reach; the request then fails.
 */
export interface UserDirectory {
  /** Optional: called by `sessions.open()`. Throws an error that names the remedy when the directory cannot work. */
  open?(): Promise<void>;
  findByName(name: string): Promise<DirectoryUser | null>;
  findById(id: string): Promise<DirectoryUser | null>;
  /**
   * Whether this is the user's password. Must take the same time for a right and a wrong password. With `user` null,
   * because nobody has the typed name, must do the same work and return false.
   * @param name the typed name, for limits by name that also cover names that nobody has
   * @throws TooManyLoginsError to refuse the login for the moment, with 429
   */
  verifyPassword(user: DirectoryUser | null, password: string, name?: string): Promise<boolean>;
  /**
   * Optional: an opaque text that changes whenever the user's password is set, and stays when only its hash is renewed; null
   * for nobody. Asked with an empty id for a name that nobody has: must take the same time.
   *
   * A login asks before it checks the password, and again after its record is written: a password that changed in between
   * fails it (S4). Without this method, such a login outlives the end of the user's sessions.
   */
  passwordStamp?(id: string): Promise<string | null>;
}
