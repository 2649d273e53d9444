import type { GoodCookie, ReadCookie } from '../../../session/cookie/signer.js';
import type { SessionContext } from '../../../session/request/context.js';
import type { LiveSession } from '../../../session/request/live.js';
import type { SessionOwner } from '../../../store/contract.js';
import type { AuthUser } from '../../method.js';
import * as explain from './explain.js';

/** The reasons of spec 7 for a cookie or token that opens nothing. */
export const REFUSAL = {
  'switched-off': 'disabled',
  unreadable: 'refused-unknown',
  replaced: 'refused-unknown',
  gone: 'refused-unknown',
  foreign: 'refused-other-user',
  over: 'refused-expired',
  refused: 'refused-user',
};

/** What `moin_session` decided on a request. */
export interface Outcome {
  session: LiveSession;
  user: AuthUser | null;
  reason: string;
  text: string;
  effects?: string[];
}

/** S1: no cookie, or one that is malformed or badly signed; such a cookie is deleted without a store access (spec 4). */
export function unusable(cookie: ReadCookie, context: SessionContext): Outcome {
  const reason = {
    absent: 'no-cookie',
    malformed: 'malformed-cookie',
    'bad-signature': 'bad-signature',
    ok: '',
  };
  const text = explain.unverified(cookie, context.secrets);
  const outcome = { session: context.unavailable(), user: null, reason: reason[cookie.verdict], text };
  if (cookie.verdict === 'absent') return outcome;
  context.manager.emit('refused', { reason: outcome.reason });
  context.deleteCookie();
  return { ...outcome, effects: ['delete the cookie'] };
}

/**
 * S2, S3: refuses a token that was just replaced, and leaves the cookie alone. A deletion could reach the browser
 * after the new cookie, and log the user out.
 */
export function refuseQuietly(
  context: SessionContext,
  user: AuthUser | null,
  { id }: GoodCookie,
  text: string,
): Outcome {
  context.manager.emit('refused', { id, reason: 'refused-unknown' });
  context.leaveCookie();
  return {
    session: context.closed(),
    user,
    reason: 'refused-unknown',
    text,
    effects: ['leave the cookie alone'],
  };
}

/** S5: opens nothing. The cookie and the session under it stay as they are. */
export function leaveClosed(context: SessionContext, user: AuthUser | null, text: string): Outcome {
  context.leaveCookie();
  return {
    session: context.closed(),
    user,
    reason: 'refused-user',
    text,
    effects: ['leave the cookie alone'],
  };
}

/**
 * An empty session under a new token: for this user or, with null, for a visitor. A visitor of a site without anonymous
 * sessions gets none, and the cookie is deleted.
 */
export function startOver(
  context: SessionContext,
  user: AuthUser | null,
  reason: string,
  text: string,
): Outcome {
  if (reason.startsWith('refused')) context.manager.emit('refused', { reason });
  const effects = ['set an anon cookie with a new token'];
  if (user === null && !context.manager.lifetimes.anonymousAllowed) {
    context.deleteCookie();
    return { session: context.unavailable(), user, reason, text, effects: ['delete the cookie'] };
  }
  return { session: context.fresh(user === null ? null : ownerOf(user)), user, reason, text, effects };
}

export function ownerOf({ id, name, method }: AuthUser): SessionOwner {
  return { id, name, method };
}
