import { relative } from '../../auth/methods/moin-session/phrases.js';
import { type FileName, idOfName } from '../files/names.js';
import { cookieOf16 } from './answer-cookie.js';
import type { Course } from './course.js';
import * as explain from './explain16.js';
import { foreignClause } from './foreign-cookie.js';
import { visitorSeconds16 } from './lifetimes.js';
import { actAs16 } from './setuid.js';
import type { SessionValues, SessionView, WikiView } from './view.js';

/** The name of the cookie in 1.6, and of the method that reads it. */
export const COOKIE_16 = 'MOIN_SESSION';
export const METHOD_16 = 'moin_session';

/** A longer name is none that this MoinMoin can make a file of. */
const LONGEST_NAME = 245;

/** A cookie without a colon: any text is the name of a visitor's session. */
export function visitor16(course: Course, view: WikiView, name: FileName, now: number): Course {
  const id = idOfName(name);
  const trouble = troubleWith(name);
  if (trouble !== null) {
    course.cookies = [{ name: COOKIE_16, kind: null, verdict: 'malformed', sessionId: null, secret: null }];
    if (trouble === explain.NO_NAME) return course.breakAt(METHOD_16, trouble + foreignClause(name));
    return course.endAt(METHOD_16, 'malformed-cookie', trouble);
  }
  course.cookies = [{ name: COOKIE_16, kind: 'anon', verdict: 'ok', sessionId: id, secret: null }];
  const found = view.session(name);
  const stop = withoutValues16(course, found);
  if (stop !== null) return stop;
  const values = found.status === 'read' ? found.values : null;
  const effects = renewed(course, view, id, values, now);
  course.session = {
    available: true,
    id,
    kind: 'anonymous',
    isNew: values === null,
    keys: values?.keys ?? [],
  };
  course.step(METHOD_16, {
    reason: values === null ? 'anonymous-new' : 'anonymous-restored',
    text: (values === null ? begun() : restored(values, now)) + whose(view, name) + foreignClause(name),
    effects,
  });
  return values === null ? course : actAs16(course, view, values);
}

/** Ends the story where the session's file gives no values; null if it does, or if there is none. */
export function withoutValues16(course: Course, found: SessionView): Course | null {
  if (found.status === 'broken') return course.breakAt(METHOD_16, explain.notRead(found.why));
  if (found.status === 'no-dict') return course.breakAt(METHOD_16, explain.noDict(found.what));
  return found.status === 'withheld'
    ? course.endAt(METHOD_16, 'unreadable', explain.withheld(found.why))
    : null;
}

function troubleWith(name: FileName): string | null {
  if (name === '' || name === '.' || name === '..' || name.includes('\0')) return explain.NO_NAME;
  if (name.includes('/')) return explain.traversal();
  return name.length > LONGEST_NAME ? explain.TOO_LONG : null;
}

function begun(): string {
  return 'the wiki has no file of this name: this MoinMoin takes any text as the name of a new visitor';
}

function restored({ expires }: SessionValues, now: number): string {
  const text = 'its name alone opens the session';
  if (expires === null || expires * 1000 >= now) return text;
  return `${text}; its time was over ${relative(expires * 1000, now)}, but this MoinMoin never looks at that until its clean-up runs`;
}

function whose(view: WikiView, name: FileName): string {
  const owner = view.ownerOf(name);
  if (owner === null) return '';
  return `; the name is a secret of ${explain.named(view.user(owner), owner)}, whose session this MoinMoin opens by it for a visitor`;
}

/** The cookie is sent anew at each request, and the stored time follows once it is behind. */
function renewed(
  course: Course,
  { settings }: WikiView,
  id: string,
  values: SessionValues | null,
  now: number,
): string[] {
  const seconds = visitorSeconds16(settings);
  if (seconds === null) {
    course.noteOnAnswer(
      "how long a visitor's cookie lasts is not known here: give --wiki-config anonymous_cookie_lifetime=HOURS",
    );
    return ['renew the cookie'];
  }
  const expires = now + seconds * 1000;
  course.send(cookieOf16({ name: COOKIE_16, kind: 'anon', maxAge: seconds, expires }, settings));
  if (values === null || values.expires === null || values.expires * 1000 >= expires)
    return ['renew the cookie'];
  course.write('update', id);
  return ['renew the cookie', `put off the end of session ${id}`];
}
