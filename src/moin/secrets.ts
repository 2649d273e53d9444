import type { FileName } from './names.js';
import type { WikiUsers } from './users.js';

/** The secrets of one user (1.6): each signs the cookies of one login, and names the file of its session. */
export interface UserSecrets {
  /** Absolute path of their file. */
  path: string;
  /** By index. A secret is a file name, too. */
  secrets: ReadonlyMap<number, FileName>;
  /** The indices, the most recently used one first. */
  lru: readonly number[];
}

/** Whose a secret is. */
export interface SecretOwner {
  /** `?` when the file of the secrets belongs to no known user. */
  userId: string;
  /** The name of the file that holds the secret, in the folder of the secrets. */
  file: string;
  index: number;
}

/** The secrets of the users of a wiki (1.6): the files of its folder `ussc`. Writes nothing. */
export class WikiSecrets {
  /** The folder of the secrets, absolute. */
  readonly dir: string;
  readonly #users: WikiUsers | null;
  readonly #userDirs: readonly string[];

  /** @param userDirs what the wiki's server may take for the path of its users' folder: a name that matches is the proof */
  constructor(dir: string, users: WikiUsers | null, userDirs: readonly string[]) {
    this.dir = dir;
    this.#users = users;
    this.#userDirs = userDirs;
  }

  /** The secrets of a user; null when they have no file. @throws StoreError when their file cannot be read */
  of(userId: string): UserSecrets | null {
    throw new Error(`not written yet: ${userId} ${this.#users?.dir} ${this.#userDirs}`);
  }

  /** Whose session the file of this name is; null for no user's. */
  ownerOf(name: FileName): SecretOwner | null {
    throw new Error(`not written yet: ${name}`);
  }

  /** Every secret, with its owner. */
  all(): Iterable<[FileName, SecretOwner]> {
    throw new Error('not written yet');
  }
}
