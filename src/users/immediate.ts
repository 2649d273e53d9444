import type { DirectoryUser, UserDirectory } from './directory.js';

/** Key of a directory's `ImmediateUsers`. */
export const IMMEDIATE_USERS: unique symbol = Symbol('moin-sessions.immediate-users');

/** What a directory of this library looks up in the same turn of the event loop: a request then waits for nothing. */
export interface ImmediateUsers {
  /** The method that this one stands for: a subclass or a test that replaces it is not passed by. */
  readonly standsFor: UserDirectory['findById'];
  /** As there. */
  findById(id: string): DirectoryUser | null;
}

/** The immediate look-up of a directory; null when it has none, or when its `findById` is another one. */
export function immediateUsers(directory: UserDirectory): ImmediateUsers | null {
  const users = (directory as { [IMMEDIATE_USERS]?: ImmediateUsers })[IMMEDIATE_USERS];
  return users !== undefined && users.standsFor === directory.findById ? users : null;
}
