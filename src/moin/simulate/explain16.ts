import { relative } from '../../auth/methods/moin-session/phrases.js';
import type { WikiUser } from '../users/user.js';
import type { SignedCookie } from './signed-cookie.js';

/**
 * What MoinMoin 1.6 does with a cookie, in words (docs/moinmoin.md, "Why does a login not stick?"). The sentences never hold the value of a cookie, a
 * secret or the name of a session's file.
 */

/** The most secrets of one user. */
const MOST_LOGINS = 20;

export const BROKEN =
  'a part behind the first colon of the cookie has no equals sign: this MoinMoin answers every request with it with an error 500';

export const NO_FIELDS =
  'the cookie names no user, no number of a secret or no time of its end that can be read: this MoinMoin opens nothing by it';

export const KEPT = 'keep the cookie: this MoinMoin never deletes one that it refuses';

export function hidden(stoppedAt: number): string {
  return `cookie number ${stoppedAt} of the header is illegal: this MoinMoin reads none from there on, so it does not see the MOIN_SESSION behind it`;
}

export function notRead(why: string): string {
  return `the session's file cannot be read (${why}): this MoinMoin answers page views with an error 500`;
}

export function withheld(why: string): string {
  return `the session's file is not read here (${why}): what this MoinMoin makes of it is not known`;
}

export function noDict(what: string): string {
  return `the session's file holds ${what} and no dict: this MoinMoin cannot work with that`;
}

/** A user as sentences name them. */
export function named(user: Pick<WikiUser, 'name'> | null, id: string): string {
  return user === null ? `the user of id ${id.slice(0, 64)}` : user.name;
}

export function forged(who: string): string {
  return `${who} has no secret of that number, and the hash is that of the empty secret: a forgery, which anybody can make; this MoinMoin takes the hash for good, and only an error 500 stops it`;
}

export function secretGone(who: string): string {
  return `${who} has no secret of the number in the cookie any more: this login has ended, by a logout or by an administrator`;
}

export function endedFromOutside(who: string): string {
  return `${who} has no secret of the number in the cookie any more, though the session's file is still there: an administrator has ended this login, as 'moin-sessions expire' does; a logout removes the file, too`;
}

export function noSecrets(who: string): string {
  return `${who} has no file of secrets in this wiki: no login of theirs is known`;
}

export const MOVED =
  "the names of the files with secrets fit no user of this wiki: MoinMoin makes them from a user's id and the path of the folder of users, so a wiki that was moved takes no cookie of before; if its server sees another path than this command, give that with --wiki-config user_dir=PATH";

/** @param dir a path that no setting names, and where the wiki does not lie */
export function guessed(dir: string): string {
  return `this holds for a server whose user_dir is ${dir}, a usual place that was tried and that the names of the secrets fit; the wiki lies elsewhere here, and a server with another user_dir finds none of these secrets and logs nobody in by them: give the server's with --wiki-config user_dir=PATH`;
}

export function secretsUnreadable(who: string): string {
  return `the file with the secrets of ${who} cannot be read: no cookie of theirs can be checked, and they cannot log in`;
}

/** The signature is not that of the secret: by a change of the cookie, or because the secret is another login's now. */
export function otherSecret(who: string, logins: number): string {
  const pushedOut =
    'the login was pushed out by a later one, which got the number of its secret, or the cookie was changed on its way';
  if (logins >= MOST_LOGINS)
    return `the signature does not match the secret of ${who} of that number: ${pushedOut}; ${who} has ${logins} logins, and a 21st ends the one that was not used longest`;
  return `the signature does not match the secret of ${who} of that number: the cookie was changed or cut on its way, or its login has ended and a later one got the number`;
}

export function upperCase(who: string): string {
  return `the signature is that of ${who}, but in capital letters, and this MoinMoin compares letter by letter`;
}

export function expired(who: string, { expires }: SignedCookie, now: number): string {
  const at = (expires ?? 0) * 1000;
  return `the signature is good, but the time in the cookie of ${who} was over ${relative(at, now)}`;
}

export function refusedUser(user: WikiUser | null, id: string): string {
  const what = user === null ? 'is gone' : 'is disabled';
  return `the signature is good, but ${named(user, id)} ${what}: not logged in, though this MoinMoin keeps the session and renews the cookie`;
}

export function traversal(): string {
  return 'the name holds a slash: this MoinMoin reads, unpickles and writes the file that it leads to, outside of its folder (path traversal); here nothing of it is touched';
}

export const TOO_LONG =
  'the name has more than 245 bytes: this MoinMoin cannot make a file of it, and its page breaks off';

export const NO_NAME = 'the cookie is no name that a file can have: this MoinMoin answers with an error 500';
