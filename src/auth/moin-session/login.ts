import type { Predecessor, SessionDesk } from '../../session/desk.js';
import { stateOf } from '../../session/info.js';
import type { SessionRecord } from '../../store/contract.js';
import type { AuthSite, AuthUser } from '../method.js';
import * as because from './because.js';
import { type Outcome, ownerOf } from './outcome.js';

/** S4: always a new token. Null when the user may have no more sessions (S9, `onLimit: 'deny'`). */
export async function logIn(
  user: AuthUser,
  { remember, leave }: { remember: boolean; leave: readonly string[] },
  { desk }: AuthSite,
): Promise<Outcome | null> {
  const before = await predecessor(user, desk);
  if (await desk.manager.limit.denies(user.id, before.moved?.id)) return null;
  const session = desk.login(ownerOf(user), remember, before, leave);
  const text = `${user.name} logs in, by ${user.method}, with a new token${told(before)}`;
  const effects = ['set a user cookie with a new token', `create session ${session.id}`];
  if (before.moved !== null) effects.push(`move the data of session ${before.moved.id}, which goes`);
  if (before.ended !== null) effects.push(`end session ${before.ended}`);
  return { session, user, reason: 'login', text, effects };
}

function told({ moved, ended }: Predecessor): string {
  if (moved !== null)
    return moved.user === null
      ? "; the visitor's data move along"
      : '; the data of the session before move along';
  return ended !== null ? '; the session of another user under the old cookie ends' : '';
}

/** S4: an anonymous session and the user's own move along; another user's ends. What is over already is left alone. */
async function predecessor(user: AuthUser, desk: SessionDesk): Promise<Predecessor> {
  const nothing = { moved: null, unused: null, ended: null };
  const { cookie } = desk;
  if (cookie.verdict !== 'ok') return nothing;
  const found = await desk.manager.find(cookie.id);
  const { record } = found;
  if (record === null) {
    const isUnused = cookie.kind === 'anon' && found.unreadable === null;
    return isUnused ? { ...nothing, unused: cookie.id } : nothing;
  }
  const state = stateOf(record, desk.manager.now());
  if (state === 'expired' || (state === 'grace' && cookie.kind === 'user')) return nothing;
  if (record.user === null || record.user.id === user.id) return { ...nothing, moved: record };
  return { ...nothing, ended: record.id };
}

/** S6. A session that the cookie finds but does not open, another user's, stays (S10). */
export async function logOut(user: AuthUser | null, { desk }: AuthSite): Promise<Outcome> {
  const { cookie } = desk;
  const session = desk.none();
  if (cookie.verdict === 'absent') {
    const text = `logout, and ${because.cookieUnusable(cookie, desk.secrets)}: nothing to end`;
    return { session, user: invalid(user), reason: 'logout', text };
  }
  desk.deleteCookie();
  const effects = ['delete the cookie'];
  if (cookie.verdict !== 'ok') {
    const text = `logout, though ${because.cookieUnusable(cookie, desk.secrets)}`;
    return { session, user: invalid(user), reason: 'logout', text, effects };
  }
  const found = await desk.manager.find(cookie.id);
  const { record } = found;
  if (record === null && found.unreadable !== null) {
    return {
      session,
      user: invalid(user),
      reason: 'logout',
      text: because.unreadable(found.unreadable),
      effects,
    };
  }
  if (cookie.kind === 'anon' && record?.user && record.user.id !== user?.id) {
    const text = `logout, but the session under this cookie belongs to ${record.user.name} and stays`;
    return { session, user: invalid(user), reason: 'logout', text, effects };
  }
  desk.logout(cookie.id);
  if (record !== null) effects.push(`remove session ${record.id}`);
  const was = user ?? ownedBy(record, desk.manager.now());
  const text = was === null ? "the visitor's session ends" : `${was.name} logs out`;
  return { session, user: invalid(was), reason: 'logout', text, effects };
}

function ownedBy(record: SessionRecord | null, now: number): AuthUser | null {
  if (record === null || record.user === null || stateOf(record, now) !== 'active') return null;
  return { ...record.user, valid: true };
}

/** S6: later methods still get to know who it was. */
function invalid(user: AuthUser | null): AuthUser | null {
  return user && { ...user, valid: false };
}
