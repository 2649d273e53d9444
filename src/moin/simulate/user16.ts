import type { AuthUser } from '../../auth/method.js';
import { StoreError } from '../../base/errors.js';
import { type FileName, idOfName } from '../files/names.js';
import type { WikiUser } from '../users/user.js';
import { cookieOf16 } from './answer-cookie.js';
import type { Course } from './course.js';
import * as explain from './explain16.js';
import { userSeconds16 } from './lifetimes.js';
import { actAs16 } from './setuid.js';
import { isSignedBy, type SignedCookie } from './signed-cookie.js';
import type { WikiView } from './view.js';
import { COOKIE_16, METHOD_16, withoutValues16 } from './visitor16.js';

/** How the store names the way in which users of 1.6 log in: the cookie does not say. */
const LOGIN_METHOD = 'moin_login';

interface Refusal {
  reason: string;
  text: string;
  isBroken?: boolean;
  /** Of a login that has ended: whose it was, and its session if that is known. */
  former?: { userId: string; sessionId: string | null };
}
type Check = { secret: string; guessedDir: string | null } | Refusal;

/** A signed cookie. */
export function user16(course: Course, view: WikiView, cookie: SignedCookie, now: number): Course {
  const checked = check(view, cookie, now);
  if (!('secret' in checked)) return refuse(course, checked);
  if (checked.guessedDir !== null) course.note(explain.guessed(checked.guessedDir));
  const id = idOfName(checked.secret);
  course.cookies = [{ name: COOKIE_16, kind: 'user', verdict: 'ok', sessionId: id, secret: 0 }];
  course.cookieExpires = (cookie.expires as number) * 1000;
  const userId = cookie.userId as string;
  const user = view.user(userId);
  if ((cookie.expires as number) * 1000 < now)
    return course.step(METHOD_16, {
      reason: 'refused-expired',
      text: explain.expired(explain.named(user, userId), cookie, now),
      effects: [explain.KEPT],
    });
  return open(course, view, { secret: checked.secret, user, userId }, now);
}

function refuse(course: Course, { reason, text, isBroken, former }: Refusal): Course {
  const verdict = reason === 'malformed-cookie' ? 'malformed' : 'bad-signature';
  const kind = verdict === 'malformed' ? null : 'user';
  const sessionId = former?.sessionId ?? null;
  course.cookies = [{ name: COOKIE_16, kind, verdict, sessionId, secret: null }];
  course.formerUserId = former?.userId ?? null;
  if (isBroken) return course.breakAt(METHOD_16, text);
  return course.step(METHOD_16, { reason, text, effects: [explain.KEPT] });
}

/** Whether a secret of the wiki signs the cookie. */
function check(view: WikiView, cookie: SignedCookie, now: number): Check {
  const { userId, secretIndex, expires } = cookie;
  if (userId === null || secretIndex === null || expires === null)
    return { reason: 'malformed-cookie', text: explain.NO_FIELDS };
  const who = explain.named(view.user(userId), userId);
  const found = secretsOf(view, userId);
  if (found === 'unreadable') return { reason: 'refused-unknown', text: explain.secretsUnreadable(who) };
  const secret = found?.secrets.get(secretIndex);
  if (secret === undefined)
    return withoutSecret(view, { ...cookie, userId }, { who, hasFile: found !== null, now });
  if (isSignedBy(cookie, secret)) return { secret, guessedDir: found?.guessedDir ?? null };
  const isCapital = isSignedBy({ ...cookie, hash: cookie.hash.toLowerCase() }, secret);
  const text = isCapital ? explain.upperCase(who) : explain.otherSecret(who, found?.lru.length ?? 0);
  return { reason: 'bad-signature', text };
}

/** The file that `expire` has left of a login, as expired: its name is the secret that signed the cookie. Null without one. */
function leftFile(view: WikiView, cookie: SignedCookie, now: number): FileName | null {
  const name = view.names().find((one) => isSignedBy(cookie, one));
  if (name === undefined || view.ownerOf(name) !== null) return null;
  const found = view.session(name);
  const expires = found.status === 'read' ? found.values.expires : null;
  return expires !== null && expires * 1000 < now ? name : null;
}

/** MoinMoin takes the empty secret for one that it does not know. */
function withoutSecret(
  view: WikiView,
  cookie: SignedCookie & { userId: string },
  { who, hasFile, now }: { who: string; hasFile: boolean; now: number },
): Refusal {
  if (isSignedBy(cookie, '')) return { reason: 'server-error', text: explain.forged(who), isBroken: true };
  if (hasFile) {
    const left = leftFile(view, cookie, now);
    const text = left === null ? explain.secretGone(who) : explain.endedFromOutside(who);
    const sessionId = left === null ? null : idOfName(left);
    return { reason: 'refused-unknown', text, former: { userId: cookie.userId, sessionId } };
  }
  return { reason: 'refused-unknown', text: view.isMoved() ? explain.MOVED : explain.noSecrets(who) };
}

function secretsOf(view: WikiView, userId: string) {
  try {
    return view.secretsOf(userId);
  } catch (error) {
    if (error instanceof StoreError) return 'unreadable';
    throw error;
  }
}

interface Login {
  secret: string;
  user: WikiUser | null;
  userId: string;
}

function open(course: Course, view: WikiView, { secret, user, userId }: Login, now: number): Course {
  const id = idOfName(secret);
  const found = view.session(secret);
  const stop = withoutValues16(course, found);
  if (stop !== null) return stop;
  const values = found.status === 'read' ? found.values : null;
  const valid = user !== null && !user.disabled;
  course.session = { available: true, id, kind: 'user', isNew: values === null, keys: values?.keys ?? [] };
  const known: AuthUser = { id: userId, name: user?.name ?? userId, method: LOGIN_METHOD, valid };
  const effects = renew(course, view, { user, id, stored: values?.expires ?? null }, now);
  course.step(METHOD_16, {
    reason: valid ? 'restored' : 'refused-user',
    text: valid ? restoredText(user, values === null) : explain.refusedUser(user, userId),
    effects,
    user: known,
  });
  return values === null ? course : actAs16(course, view, values);
}

function restoredText({ name }: WikiUser, isEmpty: boolean): string {
  return isEmpty
    ? `${name} is logged in by a good signature; the session has no file yet, so it is empty`
    : `${name} is logged in by a good signature`;
}

/** Each request renews the cookie and moves its secret to the front; the stored time follows once it is behind. */
function renew(
  course: Course,
  { settings }: WikiView,
  { user, id, stored }: { user: WikiUser | null; id: string; stored: number | null },
  now: number,
): string[] {
  const seconds = userSeconds16(settings, user?.fields.get('remember_me') !== '0');
  const expires = now + seconds * 1000;
  if (settings.cookie_lifetime === undefined)
    course.noteOnAnswer(
      "cookie_lifetime is taken to be 12 hours, as 1.6 has it: give the wiki's by --wiki-config cookie_lifetime=HOURS",
    );
  course.send(cookieOf16({ name: COOKIE_16, kind: 'user', maxAge: seconds, expires }, settings));
  const effects = ['renew the cookie', "write the user's secrets anew, this one as the last used"];
  if (stored === null || stored * 1000 >= expires) return effects;
  course.write('update', id);
  return [...effects, `put off the end of session ${id}`];
}
