import { ConfigurationError } from '../base/errors.js';
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

  /** Null also from a directory without stamps. @throws ConfigurationError for what cannot be compared, such as a `Date` */
  async passwordStamp(id: string): Promise<string | null> {
    const stamp: unknown = (await this.#directory.passwordStamp?.(id)) ?? null;
    if (stamp === null || typeof stamp === 'string') return stamp;
    throw new ConfigurationError(
      `passwordStamp of the user directory gives a value of type ${typeof stamp}: return text or null`,
    );
  }
}
