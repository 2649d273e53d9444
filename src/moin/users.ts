import type { DirectoryUser, UserDirectory } from '../users/directory.js';

/** A user of a wiki, as their file says. */
export interface WikiUser extends DirectoryUser {
  id: string;
  name: string;
  disabled: boolean;
  /** The stored hash of the password with its scheme: `{SHA}…`. Empty when there is none: nobody can log in with a password. */
  enc_password: string;
  /** Every line of the file, as text: `email`, `language`, `quicklinks[]`. */
  fields: ReadonlyMap<string, string>;
}

/** The id of a user whom the store cannot tell (1.6: a wiki that was moved, without the setting `user_dir`). */
export const UNKNOWN_USER_ID = '?';

/**
 * The users of a wiki, read from the files in its folder `user` (not from its caches). A change of a file is seen at the next
 * question. Writes nothing.
 */
export class WikiUsers implements UserDirectory {
  /** The folder of the users, absolute. */
  readonly dir: string;

  /** Touches no file yet. @param dir absolute */
  constructor(dir: string) {
    this.dir = dir;
  }

  /** The user of this name, compared in Unicode's form NFC. Of several, the one with the oldest account. */
  async findByName(name: string): Promise<WikiUser | null> {
    throw new Error(`not written yet: ${name}`);
  }

  async findById(id: string): Promise<WikiUser | null> {
    throw new Error(`not written yet: ${id}`);
  }

  async verifyPassword(user: DirectoryUser | null, password: string): Promise<boolean> {
    throw new Error(`not written yet: ${user?.name} ${password.length}`);
  }

  /** Every user, in the order of their ids. */
  list(): Iterable<WikiUser> {
    throw new Error('not written yet');
  }

  /** As `findById`, without waiting. */
  byId(id: string): WikiUser | null {
    throw new Error(`not written yet: ${id}`);
  }
}
