import type { DirectoryUser, UserDirectory } from './directory.js';

/** The application's own directory. Its `undefined` for a user who does not exist, as `Map.get` gives it, becomes null. */
export class OwnDirectory implements UserDirectory {
  readonly #directory: UserDirectory;

  constructor(directory: UserDirectory) {
    this.#directory = directory;
  }

  async open(): Promise<void> {
    await this.#directory.open?.();
  }

  async findByName(name: string): Promise<DirectoryUser | null> {
    return (await this.#directory.findByName(name)) ?? null;
  }

  async findById(id: string): Promise<DirectoryUser | null> {
    return (await this.#directory.findById(id)) ?? null;
  }

  async verifyPassword(user: DirectoryUser | null, password: string, name?: string): Promise<boolean> {
    return this.#directory.verifyPassword(user, password, name);
  }
}
