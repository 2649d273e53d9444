import { own } from '../base/own.js';

/** A person who may log in, as the application knows them. */
export interface DirectoryUser {
  /** Never changes and is never given to another user. */
  id: string;
  /** What the person types; may change. */
  name: string;
  /** A disabled user can neither log in nor go on with a session (S3). */
  disabled?: boolean;
}

/** Whether nobody can be logged in as this user. */
export function isDisabled(user: DirectoryUser): boolean {
  return own(user, 'disabled') === true;
}

/**
 * Where auth methods look users up. An application brings its own by implementing these three.
 * A user who is not there is null; an error means that the directory itself is out of reach, and ends the request.
 */
export interface UserDirectory {
  findByName(name: string): Promise<DirectoryUser | null>;
  findById(id: string): Promise<DirectoryUser | null>;
  /**
   * Whether this is the user's password. Must take the same time for a right and a wrong one, and for
   * `null` (nobody has the name that was typed) do the same work and give false.
   * @param name the name that was typed, for limits by name that hold for names that nobody has, too
   * @throws TooManyLoginsError to have the login refused for the moment, with 429
   */
  verifyPassword(user: DirectoryUser | null, password: string, name?: string): Promise<boolean>;
}
