import type { DirectoryUser, UserDirectory } from '../../src/users/directory.js';

/** A user directory in memory: `alice`, `bob` and `carol`. The password of each user is the user's name. */
export class TestUsers implements UserDirectory {
  readonly #users = new Map<string, DirectoryUser & { password: string }>();
  /** How many passwords were checked. */
  checks = 0;

  constructor() {
    for (const name of ['alice', 'bob', 'carol']) this.add(name);
  }

  /** Adds a user, or replaces the one of this name. */
  add(name: string, id = `u-${name}`): void {
    this.#users.set(name, { id, name, password: name });
  }

  remove(name: string): void {
    this.#users.delete(name);
  }

  disable(name: string): void {
    // A new entry, as from a data base: one that was given out stays as it was.
    this.#users.set(name, { ...this.#user(name), disabled: true });
  }

  /** Gives a user further fields, getters included. */
  give(name: string, fields: object): void {
    Object.defineProperties(this.#user(name), Object.getOwnPropertyDescriptors(fields));
  }

  /** Keeps the id and the password. */
  rename(name: string, newName: string): void {
    const user = this.#user(name);
    this.remove(name);
    this.#users.set(newName, { ...user, name: newName });
  }

  async findByName(name: string): Promise<DirectoryUser | null> {
    return this.#users.get(name) ?? null;
  }

  async findById(id: string): Promise<DirectoryUser | null> {
    return [...this.#users.values()].find((user) => user.id === id) ?? null;
  }

  async verifyPassword(user: DirectoryUser | null, password: string): Promise<boolean> {
    this.checks++;
    return user !== null && this.#user(user.name).password === password;
  }

  #user(name: string): DirectoryUser & { password: string } {
    const user = this.#users.get(name);
    if (user === undefined) throw new Error(`the test has no user ${name}`);
    return user;
  }
}
