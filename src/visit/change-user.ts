import { ConfigurationError, MoinSessionsError } from '../base/errors.js';
import type { Json } from '../base/json.js';
import { SETUID, type Session } from '../session/session.js';
import type { SessionOwner } from '../store/contract.js';
import { type DirectoryUser, isDisabled, type UserDirectory } from '../users/directory.js';
import { asSiteVisit, type SiteVisit } from './site-visit.js';
import type { Visit } from './visit.js';
import { type VisitUser, visitUser } from './visit-user.js';

/** The visitor may not change user, may not become this user, or has no session that could keep the change. */
export class ChangeUserError extends MoinSessionsError {
  constructor(
    message: string,
    /**
     * The status to answer with: 403 for a visitor who is no superuser, 404 for a user who does not exist or is disabled,
     * 409 without a session.
     */
    readonly statusCode: 403 | 404 | 409,
  ) {
    super(message);
  }
}

/**
 * Lets a superuser act as another user (spec 5): `visit.user` becomes that user, in later requests too, and
 * `visit.realUser` stays. The change ends with the session, with a new login, or by `changeBack`. Saves at once, and emits
 * the event `setuid`.
 * @throws ChangeUserError when the visitor is no superuser, has no session, or the user does not exist or is disabled, and
 *   when the session was ended meanwhile; StoreError when the session cannot be saved
 */
export async function changeUser(visit: Visit, name: string): Promise<void> {
  const { realUser, session, site } = asSiteVisit(visit);
  if (realUser === null || !(await isSuperuser(realUser, site.superuser, site.users))) {
    throw new ChangeUserError("only those named in the option 'superuser' may change user", 403);
  }
  if (!session.available) {
    throw new ChangeUserError('there is no session to keep the change of user in: log in first', 409);
  }
  if (site.users === undefined) {
    throw new ConfigurationError("a change of user needs a user directory: set the option 'users'");
  }
  const target = await site.users.findByName(name);
  if (target === null || isDisabled(target)) {
    throw new ChangeUserError(
      'there is no such user, or the user is disabled: look the name up with moin-sessions users list',
      404,
    );
  }
  if (target.id === realUser.id) return changeBack(visit);
  await keep(visit, target.id, switchedTo(target));
}

/** Ends the change of user, if the session has one. @throws StoreError when the session cannot be saved */
export async function changeBack(visit: Visit): Promise<void> {
  const { realUser, session } = asSiteVisit(visit);
  if (realUser !== null && session.has(SETUID)) await keep(visit, null, realUser);
}

/**
 * The user that a superuser has changed to. Returns the real user if they are no superuser any more, or if the user changed
 * to is gone or disabled: every request checks both.
 */
export async function switchedUser(
  { realUser, session, site }: SiteVisit,
  users: UserDirectory | undefined,
): Promise<VisitUser | null> {
  if (realUser === null || !(await isSuperuser(realUser, site.superuser, users))) return realUser;
  const target = await users?.findById(String(session.get(SETUID)));
  if (!target || isDisabled(target)) return realUser;
  return switchedTo(target);
}

function switchedTo(target: DirectoryUser): VisitUser {
  return visitUser({ id: target.id, name: target.name, method: SETUID }, target);
}

/** Compares the name that the directory has for this id: the name that an auth method gives is no proof. */
async function isSuperuser(
  { id }: SessionOwner,
  superuser: readonly string[],
  users: UserDirectory | undefined,
): Promise<boolean> {
  const entry = await users?.findById(id);
  return entry != null && !isDisabled(entry) && superuser.includes(entry.name);
}

/** Saves a change to `target`, the id of `user`, or with null its end. Then emits `setuid`. */
async function keep(visit: Visit, target: string | null, user: VisitUser): Promise<void> {
  const changing = asSiteVisit(visit);
  const { realUser, session } = changing;
  const from = changing.user?.name;
  const before = session.get(SETUID) ?? null;
  put(session, target);
  const result = await session.save().catch((error: unknown) => {
    // Undo: otherwise a later save would store the change without an event.
    put(session, before);
    throw error;
  });
  if (result === 'dropped') throw new ChangeUserError('the session was ended meanwhile: log in again', 409);
  changing.user = user;
  changing.events.changedUser(session, realUser?.name ?? '', String(from), user);
}

function put(session: Session, target: Json): void {
  if (target === null) session.delete(SETUID);
  else session.set(SETUID, target);
}
