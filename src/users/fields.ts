import type { UserFields } from './directory.js';

/** Names that belong to the library. `__proto__` would replace the prototype of a copy. */
const RESERVED = ['id', 'name', 'method', 'valid', 'disabled', '__proto__'];

/**
 * The fields of a user for `visit.user`: the object's own enumerable properties, by reference. Leaves out the names that
 * belong to the library, and each name that contains `password`, because applications send `visit.user` to browsers.
 * @throws what a getter throws
 */
export function fieldsOf(user: object): UserFields {
  const names = Object.keys(user).filter((name) => !RESERVED.includes(name) && !/password/i.test(name));
  return Object.fromEntries(names.map((name) => [name, user[name as never]]));
}
