import { lateCrypto } from '../../base/late-crypto.js';
import type { FileName } from '../files/names.js';
import type { WikiUsers } from '../users/users.js';

/**
 * Whose a file of secrets is (1.6), by its name: the digest of the user's id and of the path of the users' folder (docs/moinmoin.md,
 * "Settings of the wiki").
 */
export class FileOwners {
  readonly #users: WikiUsers | null;
  readonly #userDirs: readonly string[];
  #userOf: ReadonlyMap<FileName, string> = new Map();
  /** The version of the users that `#userOf` was made of. */
  #version = -1;

  constructor(users: WikiUsers | null, userDirs: readonly string[]) {
    this.#users = users;
    this.#userDirs = userDirs;
  }

  /** The names that the file of a user may have, each with the path that it is made of. */
  filesOf(userId: string): [name: FileName, userDir: string][] {
    return this.#userDirs.map((dir) => [fileNameOf(userId, dir), dir]);
  }

  /** The user's id by the name of a file, for every user and every possible path. */
  all(): ReadonlyMap<FileName, string> {
    if (this.#users === null || this.#version === this.#users.version) return this.#userOf;
    const users = [...this.#users.list()];
    this.#userOf = new Map(users.flatMap(({ id }) => this.filesOf(id).map(([name]) => [name, id] as const)));
    this.#version = this.#users.version;
    return this.#userOf;
  }
}

function fileNameOf(userId: string, userDir: string): FileName {
  return lateCrypto()
    .createHash('sha1')
    .update(userId + userDir)
    .digest('hex');
}
