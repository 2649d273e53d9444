import type { DirectoryUser, UserDirectory } from './directory.js';

/**
 * Caches, for one visit, the users that a directory found. Does not cache that a user is missing: an auth method may
 * create that user during the visit.
 */
export class CachingDirectory implements UserDirectory {
  readonly #directory: UserDirectory;
  readonly #found = new Map<string, DirectoryUser>();

  constructor(directory: UserDirectory) {
    this.#directory = directory;
  }

  async findByName(name: string): Promise<DirectoryUser | null> {
    return this.#cache(await this.#directory.findByName(name));
  }

  async findById(id: string): Promise<DirectoryUser | null> {
    return this.#found.get(id) ?? this.#cache(await this.#directory.findById(id));
  }

  verifyPassword(user: DirectoryUser | null, password: string, name?: string): Promise<boolean> {
    return this.#directory.verifyPassword(user, password, name);
  }

  #cache(user: DirectoryUser | null): DirectoryUser | null {
    if (user !== null) this.#found.set(user.id, user);
    return user;
  }
}
