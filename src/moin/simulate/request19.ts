import { cookieOf19, deletionOf19 } from './answer-cookie.js';
import type { Course } from './course.js';
import { storedExpiry19, userSeconds19, visitorSeconds19 } from './lifetimes.js';
import type { WikiRequest, WikiView } from './view.js';

/** The name of the step in which 1.9 finds a session, after the setting that chooses how. */
export const SERVICE_19 = 'session_service';

/** A request to a wiki of 1.9, under way. */
export interface Request19 {
  course: Course;
  view: WikiView;
  request: WikiRequest;
  /** The name of the wiki's cookie. */
  cookieName: string;
}

/** A visitor's session begins, or goes on. @param id null for a new one */
export function keepVisitor(
  { course, view, request, cookieName }: Request19,
  { id, isNew, keys, stored }: { id: string | null; isNew: boolean; keys: string[]; stored: number | null },
): string[] {
  const seconds = visitorSeconds19(view.settings);
  if (seconds === null) course.noteOnAnswer(VISITORS_UNKNOWN);
  // A file that is there shows that visitors have sessions; without one, MoinMoin's default counts: none.
  const available = seconds === null ? !isNew : seconds !== 0;
  course.session = { available, id, kind: 'anonymous', isNew, keys };
  if (seconds === 0) return ['save nothing: visitors have no sessions in this wiki'];
  if (seconds === null) return [];
  const expires = storedExpiry19(request.now, seconds);
  course.send(
    cookieOf19(
      { name: cookieName, kind: 'anon', maxAge: seconds, expires: expires * 1000 },
      view.settings,
      request.secure,
    ),
  );
  // A visitor without a cookie gets a file with the second request.
  if (id === null) return ['set an anonymous cookie; the file is made by the next request'];
  if (isNew) course.write('create', id);
  else if (stored !== expires) course.write('update', id);
  return ['renew the cookie'];
}

const VISITORS_UNKNOWN =
  "whether visitors have sessions, and for how long, is not known here: give --wiki-config 'cookie_lifetime=[VISITORS, USERS]' (hours)";

/** A user's session goes on. @param stored its stored end in seconds; null without one */
export function keepUser(
  { course, view, request, cookieName }: Request19,
  { id, isRemembered, stored }: { id: string; isRemembered: boolean; stored: number | null },
): string[] {
  const { settings } = view;
  const seconds = userSeconds19(settings, isRemembered);
  if (settings.cookie_lifetime === undefined)
    course.noteOnAnswer(
      "cookie_lifetime is taken to be 12 hours for users, as 1.9 has it: give --wiki-config 'cookie_lifetime=[VISITORS, USERS]'",
    );
  if (seconds === 0)
    return ['renew nothing: cookie_lifetime is 0 for users, so a login holds for one answer'];
  const expires = storedExpiry19(request.now, seconds);
  course.send(
    cookieOf19(
      { name: cookieName, kind: 'user', maxAge: seconds, expires: expires * 1000 },
      settings,
      request.secure,
    ),
  );
  if (stored !== expires) course.write('update', id);
  return ['renew the cookie'];
}

/** The session is destroyed, and the cookie with it. */
export function kill({ course, view, cookieName }: Request19, id: string): string[] {
  course.send(deletionOf19(cookieName, view.settings));
  course.write('delete', id);
  course.session = { available: false, id: null, kind: 'anonymous', isNew: true, keys: [] };
  return ['delete the cookie', `delete session ${id}`];
}
