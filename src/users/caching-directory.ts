import type { DirectoryUser, UserDirectory } from './directory.js';

/**
 * A user directory as one visit sees it: nobody who was found is looked up a second time by id. A user who was not found
 * is, for an auth method may have made them meanwhile.
 */
export class CachingDirectory implements UserDirectory {
  readonly #directory: UserDirectory;
  readonly #found = new Map<string, DirectoryUser>();

  constructor(directory: UserDirectory) {
    this.#directory = directory;
  }

  async findByName(name: string): Promise<DirectoryUser | null> {
    return this.#remember(await this.#directory.findByName(name));
  }

  async findById(id: string): Promise<DirectoryUser | null> {
    return this.#found.get(id) ?? this.#remember(await this.#directory.findById(id));
  }

  verifyPassword(user: DirectoryUser | null, password: string, name?: string): Promise<boolean> {
    return this.#directory.verifyPassword(user, password, name);
  }

  #remember(user: DirectoryUser | null): DirectoryUser | null {
    if (user !== null) this.#found.set(user.id, user);
    return user;
  }
}
