import { stateOf } from '../../session/info.js';
import type { AuthSite, AuthUser } from '../method.js';
import * as because from './because.js';
import {
  type Outcome,
  otherUser,
  ownerOf,
  refuseQuietly,
  restored,
  startOver,
  unusable,
  values,
} from './outcome.js';

/** S7: an earlier method established a user; the cookie only finds their session. S10 where it is another's. */
export async function lend(user: AuthUser, { desk }: AuthSite): Promise<Outcome> {
  const { cookie } = desk;
  const owner = ownerOf(user);
  if (cookie.verdict !== 'ok') {
    const { effects: _, ...outcome } = unusable(cookie, desk);
    desk.mint(owner);
    return { ...outcome, user, effects: ['set an anon cookie with a new token'] };
  }
  const found = await desk.manager.find(cookie.id);
  const { record } = found;
  const now = desk.manager.now();
  if (record === null && found.unreadable !== null) {
    return startOver(desk, user, 'refused-unknown', because.unreadable(found.unreadable));
  }
  if (record === null && cookie.kind === 'anon') {
    const spent = await desk.manager.spent(cookie.id);
    if (spent !== null) return startOver(desk, user, 'anonymous-new', because.sessionGone(spent, now));
    const text = `${user.name} sends the cookie back and has stored nothing yet; the first value makes a record`;
    return { session: desk.open(cookie, owner, null), user, reason: 'anonymous-new', text };
  }
  if (record === null) {
    const trace = await desk.manager.trace(cookie.id);
    const why = because.sessionGone(trace, now);
    if (desk.manager.justReplaced(trace)) return refuseQuietly(desk, user, cookie, why);
    return startOver(desk, user, 'refused-unknown', why);
  }
  if (record.user !== null && record.user.id !== user.id) return otherUser(desk, user, record);
  const state = stateOf(record, now);
  if (state === 'expired' || (state === 'grace' && cookie.kind === 'user')) {
    return startOver(desk, user, 'refused-expired', because.sessionOver(record, now, desk.manager.limit.max));
  }
  if (record.user !== null) return restored(desk, cookie, owner, record);
  const text = `the visitor's session with ${values(record)} becomes that of ${user.name}`;
  return { session: desk.open(cookie, owner, record), user, reason: 'anonymous-restored', text };
}
