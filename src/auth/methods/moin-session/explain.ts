import { own } from '../../../base/own.js';
import type { ReadCookie } from '../../../session/cookie/signer.js';
import { stateOf } from '../../../session/lifecycle/state.js';
import type { SessionOwner, SessionRecord, Tombstone } from '../../../store/contract.js';
import { relative, span } from './phrases.js';

/**
 * The reasons of `moin_session` in words, for an operator who asks why a cookie is refused (spec 7, simulate).
 * They never hold a token, a password or data of a session.
 */

/** Why a cookie or token is absent or does not verify. */
export function unverified(
  { verdict }: ReadCookie,
  secrets: number,
  what: 'cookie' | 'token' = 'cookie',
): string {
  switch (verdict) {
    case 'absent':
      return `the request brings no session ${what}`;
    case 'malformed':
      return `the ${what} is not of the form KIND.TOKEN.MAC: cut short, or made by another program?`;
    default:
      return `the signature does not match under ${whichSecrets(secrets)}: was it issued by another site, or was the secret replaced?`;
  }
}

function whichSecrets(count: number): string {
  if (count === 1) return 'the secret';
  return count === 2 ? 'either secret' : `any of the ${count} secrets`;
}

/** Why a record that is there can no longer be used. */
export function sessionOver(record: SessionRecord, now: number, maxSessions: number): string {
  const { ended, cookieExpires, expires } = record;
  const ago = (at: number) => relative(at, now);
  if (ended !== null && ended.at > now) {
    return `${WHO[ended.by]} ${laterBy(ended.at, now)}, and that moved its times: whether it was open then is not known`;
  }
  if (ended?.by === 'limit') {
    return `the cookie was fine, but this user logged in elsewhere ${maxSessions} times since: evicted ${ago(ended.at)}`;
  }
  if (ended !== null) {
    const who = ended.by === 'user' ? 'its user' : 'an administrator';
    return `the cookie was fine, but ${who} ended this session ${ago(ended.at)}${withReason(own(ended, 'reason'))}`;
  }
  if (stateOf(record, now) === 'grace') {
    return `the session ended ${ago(cookieExpires)}; its record may be removed ${ago(expires)}, and opens nothing until then`;
  }
  return `the session ended ${ago(cookieExpires)}, after ${span(cookieExpires - record.seen)} without use`;
}

const WHO = {
  administrator: 'an administrator ended this session',
  user: 'its user ended this session',
  limit: 'this session was evicted',
} as const;

/** For a look at the past, and for a clock behind that of the process that ended the session. */
function laterBy(at: number, now: number): string {
  return `${span(at - now)} after this moment`;
}

/** Why a session is not there yet when the past is looked at. */
export function notYetBegun({ created }: Pick<SessionRecord, 'created'>): string {
  return `the signature is good, but this session begins at ${new Date(created).toISOString()}, later than --at: it is not there yet`;
}

/** Why there is no record under a good cookie. */
export function sessionGone(tombstone: Tombstone | null, now: number): string {
  if (tombstone === null)
    return 'the signature is good, but the store has no such session: logged out or purged, or is this another store?';
  const what = {
    logout: 'the user logged out',
    rotated: 'a newer token replaced this one, by a login or a rotation,',
    destroyed: 'the application ended this session',
    administrator: 'an administrator ended this session',
    user: 'its user ended this session',
    limit: 'this session was evicted, because its user logged in elsewhere too often,',
  }[tombstone.reason];
  if (tombstone.at > now)
    return `the signature is good, but ${what} ${laterBy(tombstone.at, now)}, and its record is gone: whether it was open then is not known`;
  return `the signature is good, but ${what} ${relative(tombstone.at, now)}${withReason(own(tombstone, 'text'))}`;
}

/** The reason that was given to operators, as they wrote it. */
function withReason(reason: string | undefined): string {
  return reason === undefined ? '' : `: ${JSON.stringify(reason)}`;
}

/** Why another user's session is not opened (S10). */
export function foreign(owner: SessionOwner, user: Pick<SessionOwner, 'name'> | null): string {
  const whom = user === null ? 'and this request establishes no user' : `not to ${user.name}`;
  return `the session under this cookie belongs to ${owner.name}, ${whom}: it is not handed over`;
}

/** Why a session is refused after its user's auth method has left the chain (spec 2). */
export function methodLeft({ name, method }: SessionOwner): string {
  return `${name} was logged in by ${JSON.stringify(method)}, which is no method of 'auth' any more: such logins are refused`;
}

/** Why a user's own session stays closed (S5). */
export const VETOED =
  'an earlier method took the user away, so the cookie does not log this request in; cookie and session stay as they are';

export const NO_VISITORS = 'this site has no anonymous sessions (anonymousCookieLifetime is 0)';

/** Why a login is denied (S9). */
export function limitReached(name: string, max: number): string {
  return `${name} has ${max} sessions already and new logins are refused at that limit (onLimit: deny)`;
}

/** @param denied whether this process may not read the record: a server may */
export function unreadable(reason: string, denied = false): string {
  if (denied)
    return `the session under this cookie may not be used here (${reason}), so it is not known whom a server lets in by it`;
  return `the bytes stored under this cookie's id are no session (${reason}); they are left as they are`;
}
