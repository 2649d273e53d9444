import type { ReadCookie } from '../../../session/cookie/signer.js';
import type { GoodCookie, SessionDesk } from '../../../session/request/context.js';
import type { LiveSession } from '../../../session/request/live.js';
import type { SessionOwner, SessionRecord } from '../../../store/contract.js';
import type { AuthUser } from '../../method.js';
import * as because from './explain.js';

/** The reasons of spec 7 for what a cookie does not open, whoever sends it. */
export const REFUSAL = {
  unreadable: 'refused-unknown',
  gone: 'refused-unknown',
  over: 'refused-expired',
  refused: 'refused-user',
};

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
  owner: SessionOwner,
  { cookie, record }: { cookie: GoodCookie; record: SessionRecord },
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
 * S2 and S3, but for what they do to the cookie of the cookie: this token was replaced a moment ago, and a deletion or another cookie that
 * comes after the answer with the new one would log the user out again.
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

/** S5: nothing is handed out, and cookie and session stay as they are. */
export function leaveClosed(desk: SessionDesk, user: AuthUser | null, text: string): Outcome {
  desk.leaveCookie();
  return { session: desk.none(), user, reason: 'refused-user', text, effects: ['leave the cookie alone'] };
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
