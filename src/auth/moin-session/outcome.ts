import type { ReadCookie } from '../../session/cookie.js';
import type { SessionDesk } from '../../session/desk.js';
import type { LiveSession } from '../../session/live.js';
import type { SessionOwner, SessionRecord } from '../../store/contract.js';
import type { AuthUser } from '../method.js';
import * as because from './because.js';

export type GoodCookie = Extract<ReadCookie, { verdict: 'ok' }>;

/** What one way of handling a request came to. */
export interface Outcome {
  session: LiveSession;
  user: AuthUser | null;
  reason: string;
  text: string;
  effects?: string[];
}

/** S1, and cookies that fail before the store is asked (spec 4): those are deleted. */
export function unusable(cookie: ReadCookie, desk: SessionDesk): Outcome {
  const reason = {
    absent: 'no-cookie',
    malformed: 'malformed-cookie',
    'bad-signature': 'bad-signature',
    ok: '',
  };
  const text = because.cookieUnusable(cookie, desk.secrets);
  const outcome = { session: desk.none(), user: null, reason: reason[cookie.verdict], text };
  if (cookie.verdict === 'absent') return outcome;
  desk.manager.emit('refused', { reason: outcome.reason });
  desk.deleteCookie();
  return { ...outcome, effects: ['delete the cookie'] };
}

export function restored(
  desk: SessionDesk,
  cookie: GoodCookie,
  owner: SessionOwner,
  record: SessionRecord,
): Outcome {
  desk.manager.emit('restored', { id: record.id, kind: record.kind, user: owner.name });
  const text = `${owner.name} is logged in, by ${owner.method}, with ${values(record)}`;
  return {
    session: desk.open(cookie, owner, record),
    user: { ...owner, valid: true },
    reason: 'restored',
    text,
  };
}

/**
 * S3, but for the deletion of the cookie: this token was replaced a moment ago, and a deletion that comes after the
 * answer with the new cookie would log the user out again.
 */
export function refuseQuietly(
  desk: SessionDesk,
  user: AuthUser | null,
  { id }: GoodCookie,
  text: string,
): Outcome {
  desk.manager.emit('refused', { id, reason: 'refused-unknown' });
  desk.leaveCookie();
  return { session: desk.none(), user, reason: 'refused-unknown', text, effects: ['leave the cookie alone'] };
}

/** S10: a session of somebody else is not handed over, and stays as it is. */
export function otherUser(desk: SessionDesk, user: AuthUser | null, record: SessionRecord): Outcome {
  const whom = user === null ? 'and nobody is established by this request' : `not to ${user.name}`;
  const text = `the session under this cookie belongs to ${record.user?.name}, ${whom}: it is not handed over`;
  return startOver(desk, user, 'refused-other-user', text);
}

/** An empty session under a new token, for whoever this is. */
export function startOver(desk: SessionDesk, user: AuthUser | null, reason: string, text: string): Outcome {
  if (reason.startsWith('refused')) desk.manager.emit('refused', { reason });
  const effects = ['set an anon cookie with a new token'];
  if (user === null && !desk.manager.lifetimes.anonymousAllowed) {
    desk.deleteCookie();
    return { session: desk.none(), user, reason, text, effects: ['delete the cookie'] };
  }
  return { session: desk.fresh(user === null ? null : ownerOf(user)), user, reason, text, effects };
}

export function ownerOf({ id, name, method }: AuthUser): SessionOwner {
  return { id, name, method };
}

export function values(record: SessionRecord): string {
  const count = Object.keys(record.data).length;
  return count === 1 ? '1 value' : `${count} values`;
}
