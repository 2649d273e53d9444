import { cookieOf16 } from './answer-cookie.js';
import { Course, noteForeign, type WikiSimulation } from './course.js';
import * as explain from './explain16.js';
import { foreignClause } from './foreign-cookie.js';
import { headerText } from './header-text.js';
import { visitorSeconds16 } from './lifetimes.js';
import { readCookie16 } from './signed-cookie.js';
import { parseSimpleCookie } from './simple-cookie.js';
import { user16 } from './user16.js';
import type { WikiRequest, WikiView } from './view.js';
import { COOKIE_16, METHOD_16, visitor16 } from './visitor16.js';

const LOGIN = 'moin_login';
const VISITORS = 'moin_anon_session';

/** What MoinMoin 1.6 would do with the cookies of a page view (docs/moinmoin.md, "Why does a login not stick?"). Writes nothing. */
export function simulate16(view: WikiView, request: WikiRequest): WikiSimulation {
  const course = new Course();
  const { header, others, foreign } = headerText(request.cookie, ', ', COOKIE_16);
  course.otherCookies = others;
  for (const method of methodsOf(view, course)) {
    if (course.isOver) break;
    if (method === LOGIN)
      course.step(method, { reason: 'not-a-login', text: 'the request brings no login form' });
    else if (method === METHOD_16) session16(course, view, header, request.now);
    else if (method === VISITORS) visitors16(course, view, request.now);
    else course.step(method, { reason: 'not-simulated', text: 'what this method does is not known here' });
  }
  noteForeign(course, foreign);
  return course.result();
}

function methodsOf({ settings }: WikiView, course: Course): readonly string[] {
  const { auth, anonymous_cookie_lifetime } = settings;
  if (auth !== undefined) {
    noteOrder(auth, course);
    return auth;
  }
  const methods = [LOGIN, METHOD_16, ...(anonymous_cookie_lifetime === undefined ? [] : [VISITORS])];
  course.note(
    `the wiki's list 'auth' is taken to be ${methods.join(', ')}: give it with --wiki-config auth=METHOD,METHOD`,
  );
  return methods;
}

function noteOrder(auth: readonly string[], course: Course): void {
  const [session, visitors] = [auth.indexOf(METHOD_16), auth.indexOf(VISITORS)];
  if (session === -1)
    course.note("there is no moin_session in the wiki's list 'auth': no cookie of it opens anything");
  if (visitors !== -1 && visitors < session)
    course.note(
      'moin_anon_session stands before moin_session: this MoinMoin then puts an anonymous cookie in front of every answer',
    );
}

function session16(course: Course, view: WikiView, header: string, now: number): Course {
  const { pairs, stoppedAt } = parseSimpleCookie(header);
  const values = pairs.filter(([name]) => name === COOKIE_16).map(([, value]) => value);
  const value = values.at(-1);
  if (value === undefined) return none(course, header, stoppedAt);
  const cookie = readCookie16(value);
  if (cookie.form === 'broken') {
    course.cookies = [{ name: COOKIE_16, kind: null, verdict: 'malformed', sessionId: null, secret: null }];
    return course.breakAt(METHOD_16, explain.BROKEN + foreignClause(value));
  }
  if (values.length > 1)
    course.note(`of the ${values.length} cookies MOIN_SESSION this MoinMoin takes the last one`);
  return cookie.form === 'anonymous'
    ? visitor16(course, view, cookie.name, now)
    : user16(course, view, cookie, now);
}

/** No cookie that this MoinMoin sees. */
function none(course: Course, header: string, stoppedAt: number | null): Course {
  const isHidden = stoppedAt !== null && header.includes(`${COOKIE_16}=`);
  course.cookies = [
    {
      name: COOKIE_16,
      kind: null,
      verdict: isHidden ? 'malformed' : 'absent',
      sessionId: null,
      secret: null,
    },
  ];
  return course.step(METHOD_16, {
    reason: isHidden ? 'malformed-cookie' : 'no-cookie',
    text: isHidden ? explain.hidden(stoppedAt) : 'the request brings no session cookie',
  });
}

function visitors16(course: Course, view: WikiView, now: number): Course {
  if (course.session?.available)
    return course.step(VISITORS, { reason: 'already-available', text: 'the request has a session' });
  const { settings } = view;
  const seconds = visitorSeconds16(settings);
  if (seconds === null)
    return course.step(VISITORS, {
      reason: 'not-simulated',
      text: 'anonymous_cookie_lifetime is not known here: if the wiki has none, this MoinMoin answers every visitor with an error 500',
    });
  course.session = { available: true, id: null, kind: 'anonymous', isNew: true, keys: [] };
  const expires = now + seconds * 1000;
  course.send(cookieOf16({ name: COOKIE_16, kind: 'anon', maxAge: seconds, expires }, settings));
  return course.step(VISITORS, {
    reason: 'cookie-set',
    text: 'a new visitor gets a session at once',
    effects: [
      `set an anonymous cookie${course.cookies[0]?.verdict === 'absent' ? '' : ' in place of the one that came'}`,
      'write a file if the page exists',
    ],
  });
}
