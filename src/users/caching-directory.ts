import { andThen, type Soon } from '../base/soon.js';
import type { DirectoryUser, UserDirectory } from './directory.js';
import { immediateUsers } from './immediate.js';
import type { UserCache } from './user-cache.js';

/**
 * Caches, for one visit, the users that a directory found. Does not cache that a user is missing: an auth method may
 * create that user during the visit.
 */
export class CachingDirectory implements UserDirectory {
  readonly #directory: UserDirectory;
  readonly #shared: UserCache | null;
  readonly #found = new Map<string, DirectoryUser>();
  /** The ids of the users that the cache of all visits gave, and that may have changed since. */
  readonly #maybeOld = new Set<string>();

  /** By user id: the stamp from before the check that found the password right. */
  readonly #verified = new Map<string, string | null>();

  /** @param shared the cache of all visits (option `userCache`), or null */
  constructor(directory: UserDirectory, shared: UserCache | null = null) {
    this.#directory = directory;
    this.#shared = shared;
  }

  async findByName(name: string): Promise<DirectoryUser | null> {
    return this.#keep(await this.#directory.findByName(name));
  }

  async findById(id: string): Promise<DirectoryUser | null> {
    return this.lookUp(id);
  }

  /** As `findById`; at once for a user who was found before, and where the directory can. */
  lookUp(id: string): Soon<DirectoryUser | null> {
    const found = this.#found.get(id);
    if (found !== undefined) return found;
    if (this.#shared === null) {
      const directory = immediateUsers(this.#directory) ?? this.#directory;
      return andThen(directory.findById(id), (user) => this.#keep(user));
    }
    return andThen(this.#shared.findById(id), (user) => {
      this.#keep(user);
      this.#maybeOld.add(id);
      return user;
    });
  }

  /** As `findById`, but past the cache of all visits: a login reads what is true now (S4). */
  async findNow(id: string): Promise<DirectoryUser | null> {
    const found = this.#maybeOld.has(id) ? undefined : this.#found.get(id);
    if (found !== undefined) return found;
    this.#shared?.forget(id);
    this.#found.delete(id);
    return this.#keep(await this.#directory.findById(id));
  }

  async verifyPassword(user: DirectoryUser | null, password: string, name?: string): Promise<boolean> {
    // Before the check, so that a change under way shows; also for a name that nobody has, so that both take the same time.
    const stamp = (await this.#directory.passwordStamp?.(user?.id ?? '')) ?? null;
    const isRight = await this.#directory.verifyPassword(user, password, name);
    if (isRight && user !== null) this.#verified.set(user.id, stamp);
    return isRight;
  }

  /**
   * Whether the password that this visit found right is still the user's; true if it found none right, and for a directory
   * without stamps. Ask after the record of the login is written (S4).
   */
  async isStillRight(id: string): Promise<boolean> {
    const stamp = this.#verified.get(id);
    return stamp == null || (await this.#directory.passwordStamp?.(id)) === stamp;
  }

  #keep(user: DirectoryUser | null): DirectoryUser | null {
    if (user === null) return null;
    this.#found.set(user.id, user);
    this.#maybeOld.delete(user.id);
    return user;
  }
}
