import type { DirectoryUser, UserDirectory } from '../../src/users/directory.js';

type Person = DirectoryUser & { password: string };

/** A user directory of the application's own: `alice`, `bob` and `carol`, with their names for passwords. */
export class People implements UserDirectory {
  readonly #people = new Map<string, Person>();
  /** How many passwords were checked. */
  checks = 0;

  constructor() {
    for (const name of ['alice', 'bob', 'carol']) this.add(name);
  }

  add(name: string): void {
    this.#people.set(name, { id: `u-${name}`, name, password: name, disabled: false });
  }

  remove(name: string): void {
    this.#people.delete(name);
  }

  disable(name: string): void {
    this.#person(name).disabled = true;
  }

  rename(name: string, newName: string): void {
    const person = this.#person(name);
    this.remove(name);
    this.#people.set(newName, { ...person, name: newName });
  }

  async findByName(name: string): Promise<DirectoryUser | null> {
    return this.#people.get(name) ?? null;
  }

  async findById(id: string): Promise<DirectoryUser | null> {
    return [...this.#people.values()].find((person) => person.id === id) ?? null;
  }

  async verifyPassword(user: DirectoryUser | null, password: string): Promise<boolean> {
    this.checks++;
    return user !== null && this.#person(user.name).password === password;
  }

  #person(name: string): Person {
    const person = this.#people.get(name);
    if (person === undefined) throw new Error(`the test knows no ${name}`);
    return person;
  }
}
