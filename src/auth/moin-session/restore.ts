import type { SessionDesk } from '../../session/desk.js';
import { stateOf } from '../../session/info.js';
import type { AuthSite, Known } from '../method.js';
import * as because from './because.js';
import {
  type GoodCookie,
  type Outcome,
  otherUser,
  refuseQuietly,
  restored,
  startOver,
  unusable,
  values,
} from './outcome.js';

/** S1 to S3: nobody is established, the cookie decides. */
export async function restore(known: Known, site: AuthSite): Promise<Outcome> {
  const { desk } = site;
  const { cookie } = desk;
  if (cookie.verdict !== 'ok') return unusable(cookie, desk);
  if (known.vetoed) {
    const text = 'an earlier method took the user away, so the cookie logs nobody in';
    return { session: desk.none(), user: null, reason: 'refused-user', text };
  }
  return await (cookie.kind === 'anon' ? restoreVisitor(cookie, desk) : restoreUser(cookie, site));
}

/** S2, and S10 for a record that belongs to a user. */
async function restoreVisitor(cookie: GoodCookie, desk: SessionDesk): Promise<Outcome> {
  const user = null;
  if (!desk.manager.lifetimes.anonymousAllowed) {
    const text = 'the cookie is good, but this site has no anonymous sessions (anonymousCookieLifetime is 0)';
    return { session: desk.none(), user, reason: 'anonymous-new', text };
  }
  const found = await desk.manager.find(cookie.id);
  const now = desk.manager.now();
  const { record } = found;
  if (record === null && found.unreadable !== null) {
    return startOver(desk, null, 'anonymous-new', because.unreadable(found.unreadable));
  }
  if (record === null) {
    const spent = await desk.manager.spent(cookie.id);
    if (spent !== null) return startOver(desk, null, 'anonymous-new', because.sessionGone(spent, now));
    const text =
      'the visitor sends the cookie back and has stored nothing yet; the first value makes a record';
    return { session: desk.open(cookie, null, null), user, reason: 'anonymous-new', text };
  }
  if (record.user !== null) return otherUser(desk, null, record);
  if (stateOf(record, now) === 'expired') {
    const why = because.sessionOver(record, now, desk.manager.limit.max);
    return startOver(desk, null, 'anonymous-new', why);
  }
  desk.manager.emit('restored', { id: record.id, kind: record.kind });
  const text = `anonymous session with ${values(record)}`;
  return { session: desk.open(cookie, null, record), user, reason: 'anonymous-restored', text };
}

/** S3. */
async function restoreUser(cookie: GoodCookie, { desk, users }: AuthSite): Promise<Outcome> {
  const found = await desk.manager.find(cookie.id);
  const { record } = found;
  const now = desk.manager.now();
  if (record === null && found.unreadable !== null) {
    return refuse(desk, cookie, 'refused-unknown', because.unreadable(found.unreadable));
  }
  if (record === null) {
    const trace = await desk.manager.trace(cookie.id);
    const why = because.sessionGone(trace, now);
    if (desk.manager.justReplaced(trace)) return refuseQuietly(desk, null, cookie, why);
    return refuse(desk, cookie, 'refused-unknown', why);
  }
  if (stateOf(record, now) !== 'active') {
    const why = because.sessionOver(record, now, desk.manager.limit.max);
    return refuse(desk, cookie, 'refused-expired', why);
  }
  if (record.user === null)
    return refuse(desk, cookie, 'refused-unknown', 'the record under it belongs to nobody');
  const entry = users === undefined ? record.user : await users.findById(record.user.id);
  if (entry === null)
    return refuse(desk, cookie, 'refused-user', `there is no user ${record.user.name} any more`);
  if ('disabled' in entry && entry.disabled) {
    return refuse(desk, cookie, 'refused-user', `the user ${entry.name} is disabled`);
  }
  const owner = { id: record.user.id, name: entry.name, method: record.user.method };
  return restored(desk, cookie, owner, record);
}

/** S3: nobody, no session, cookie deleted. */
function refuse(desk: SessionDesk, { id }: GoodCookie, reason: string, text: string): Outcome {
  desk.manager.emit('refused', { id, reason });
  desk.deleteCookie();
  return { session: desk.none(), user: null, reason, text, effects: ['delete the cookie'] };
}
