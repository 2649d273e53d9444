import type { LookUp } from '../auth/establish.js';
import { andThen, type Soon } from '../base/soon.js';
import type { SessionOwner } from '../store/contract.js';
import type { UserFields } from '../users/directory.js';
import { fieldsOf } from '../users/fields.js';

/**
 * The user of a visit. The fields of `UserFields` come from the user directory. Without a directory they come from the auth
 * method that established the user in this request, if it gives any: no session keeps them.
 */
export interface VisitUser extends SessionOwner, UserFields {}

/**
 * The user with the fields that the directory has for them now.
 * @param given the fields to take without a directory
 */
export function withFields(
  owner: SessionOwner,
  users: LookUp | undefined,
  given: UserFields | null,
): Soon<VisitUser> {
  const found = users === undefined ? given : users.lookUp(owner.id);
  return andThen(found, (fields) => visitUser(owner, fields ?? {}));
}

/** The user with the fields of a directory's entry. */
export function visitUser({ id, name, method }: SessionOwner, entry: UserFields): VisitUser {
  return { ...fieldsOf(entry), id, name, method };
}
