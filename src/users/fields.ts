import { isJson, type Json } from '../base/json.js';
import type { UserFields } from './directory.js';

/** Names that belong to the library. `__proto__` would replace the prototype of a copy. */
const RESERVED = ['id', 'name', 'method', 'valid', 'disabled', '__proto__'];

/** Names that `visit.user` must not have: applications send it to browsers. */
const SECRET = /password/i;

/**
 * The fields of a user for `visit.user`: the object's own enumerable properties, by reference. Leaves out the names that
 * belong to the library, and each name that contains `password`, because applications send `visit.user` to browsers.
 * @param besides further names to leave out
 * @throws what a getter throws
 */
export function fieldsOf(user: object, besides: readonly string[] = []): UserFields {
  const names = Object.keys(user).filter(
    (name) => !RESERVED.includes(name) && !besides.includes(name) && !SECRET.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, user[name as never]]));
}

/** Fields of the site's own, by name; those that are undefined are to be removed. */
export type FieldChanges = { readonly [name: string]: Json | undefined };

/** @throws TypeError for a name that belongs to the library or contains `password` */
export function assertFieldNames(names: readonly string[]): void {
  const taken = names.find((name) => [...RESERVED, 'created'].includes(name) || SECRET.test(name));
  if (taken === undefined) return;
  throw new TypeError(
    `a user cannot have a field ${JSON.stringify(taken)} of the site's own: choose another name`,
  );
}

/**
 * Checks the fields of a new user in a user file, and copies them.
 * @throws TypeError for a name that belongs to the library or contains `password`, and for what JSON cannot hold
 */
export function newFields(fields: UserFields): UserFields {
  assertFieldNames(Object.keys(fields));
  if (!isJson(fields))
    throw new TypeError("the user's fields hold something that JSON cannot hold: use plain data");
  return structuredClone(fields);
}
