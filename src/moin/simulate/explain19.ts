import { relative } from '../../auth/methods/moin-session/phrases.js';
import type { WikiUser } from '../users/user.js';
import { named } from './explain16.js';

/**
 * What MoinMoin 1.9 does with a cookie, in words (docs/moinmoin.md, "Why does a login not stick?"). The sentences never hold the value of a cookie, which is
 * the name of the session's file.
 */

export const MALFORMED =
  'the value of the cookie is not 40 hex digits: this MoinMoin passes over it and begins a new session';

export const NEWLINE =
  '; the value ends with a newline, which this MoinMoin lets pass: its clean-up never removes such a file, and it is not listed here';

export const UNKNOWN_SESSION =
  'the wiki has no such session: ended, cleaned up, or of another wiki; this MoinMoin takes any 40 hex digits, and begins a new anonymous session under them (session fixation)';

export const ENDLESS =
  '; it has no time of its end, so its cookie opens it for ever, until a request gives it one';

export function notRead(why: string): string {
  return `the session's file cannot be read (${why}): this MoinMoin goes on with an empty session`;
}

export function noDict(what: string): string {
  return `the session's file holds ${what} and no dict: this MoinMoin answers with an error 500`;
}

export const NO_METHOD =
  'the session names a user, but no auth method: this MoinMoin answers with an error 500';

export function expired(at: number, now: number): string {
  return `the session's time was over ${relative(at, now)}: this MoinMoin destroys its file and begins a new session`;
}

/** Why a user's session is killed; null if it is not. */
export function killed(
  user: WikiUser | null,
  id: string,
  method: string,
  auth: readonly string[],
): string | null {
  const who = named(user, id);
  const end = 'this MoinMoin ends the session and deletes the cookie';
  if (!auth.includes(method))
    return `${who} was logged in by ${JSON.stringify(method)}, which is no method of the wiki's 'auth': ${end}`;
  if (user === null) return `${who} is gone: ${end}`;
  return user.disabled ? `${who} is disabled: ${end}` : null;
}

/** `given` asks the server's environment again at each request. */
export function established(name: string, method: string): string {
  if (method !== 'given') return `${name} is logged in, by a login with ${JSON.stringify(method)}`;
  return `${name} is logged in by "given", as long as the web server names ${name} for this request, too: else this MoinMoin ends the session`;
}
