import type { DirectoryUser } from '../../users/directory.js';

/** A user of a wiki, as their file says. */
export interface WikiUser extends DirectoryUser {
  id: string;
  /** Empty if the file names none. The id, if the file cannot be read. */
  name: string;
  disabled: boolean;
  /** The stored hash of the password with its scheme: `{SHA}…`. Empty when there is none: nobody can log in with a password. */
  enc_password: string;
  /** Every line of the file, as text: `email`, `language`, `quicklinks[]`. */
  fields: ReadonlyMap<string, string>;
}

/** The id of a user whom the store cannot tell (1.6: a wiki that was moved, without the setting `user_dir`). */
export const UNKNOWN_USER_ID = '?';
