import type { CookieReport } from '../../visit/visit.js';
import { type FileName, idOfName } from '../files/names.js';
import { type ChosenCookie, chooseCookie, isWikiCookie19, shownName } from './cookie-name19.js';
import { parseCookies19 } from './cookies19.js';
import { Course, noteForeign, type WikiSimulation } from './course.js';
import { withheld } from './explain16.js';
import * as explain from './explain19.js';
import { foreignClause } from './foreign-cookie.js';
import { headerText } from './header-text.js';
import { keepVisitor, type Request19, SERVICE_19 } from './request19.js';
import { actAs19 } from './setuid.js';
import { user19 } from './user19.js';
import type { SessionValues, WikiRequest, WikiView } from './view.js';

/** What passes as the name of a session: the newline is a defect of MoinMoin. */
const NAME = /^[a-f0-9]{40}\n?$/;

/** What MoinMoin 1.9 would do with the cookies of a page view (docs/moinmoin.md, "Why does a login not stick?"). Writes nothing. */
export function simulate19(view: WikiView, request: WikiRequest): WikiSimulation {
  const course = new Course();
  const { header, others, foreign } = headerText(request.cookie, '; ', isWikiCookie19);
  const chosen = chosenIn(view, parseCookies19(header), request.url);
  if (chosen.note !== null) course.note(chosen.note);
  course.otherCookies = others;
  course.cookies = [chosen, ...chosen.others].map((cookie) => reportOf(view, cookie));
  open({ course, view, request, cookieName: chosen.name }, chosen.value);
  noteForeign(course, foreign);
  return course.result();
}

/** The cookie of these that the wiki reads. */
export function chosenIn(
  view: WikiView,
  pairs: readonly [name: string, value: FileName][],
  url: URL | null,
): ChosenCookie {
  const isStored = (value: FileName) => NAME.test(value) && view.session(value).status !== 'none';
  return chooseCookie(pairs, { settings: view.settings, url, isStored });
}

/** The kind is that of the session: the cookie itself tells none. */
function reportOf(
  view: WikiView,
  { name, value }: { name: string; value: FileName | undefined },
): CookieReport {
  if (value === undefined) return { name, kind: null, verdict: 'absent', sessionId: null, secret: null };
  if (!NAME.test(value)) return { name, kind: null, verdict: 'malformed', sessionId: null, secret: null };
  const found = view.session(value);
  const kind = found.status === 'read' && found.values.userId !== null ? 'user' : 'anon';
  return { name, kind, verdict: 'ok', sessionId: idOfName(value), secret: null };
}

function open(on: Request19, value: FileName | undefined): Course {
  const { course, view, request } = on;
  if (value === undefined) return begin(on, 'no-cookie', missing(on));
  if (!NAME.test(value)) return begin(on, 'malformed-cookie', explain.MALFORMED + foreignClause(value));
  const id = idOfName(value);
  const newline = value.endsWith('\n') ? explain.NEWLINE : '';
  const found = view.session(value);
  if (found.status === 'no-dict') return course.breakAt(SERVICE_19, explain.noDict(found.what));
  if (found.status === 'withheld') return course.endAt(SERVICE_19, 'unreadable', withheld(found.why));
  if (found.status !== 'read') {
    const effects = keepVisitor(on, { id, isNew: true, keys: [], stored: null });
    const text = found.status === 'none' ? explain.UNKNOWN_SESSION : explain.notRead(found.why);
    const reason = found.status === 'none' ? 'anonymous-new' : 'unreadable';
    return course.step(SERVICE_19, { reason, text: text + newline, effects });
  }
  const { values } = found;
  if (values.expires !== null && values.expires * 1000 < request.now) return expire(on, id, values.expires);
  return values.userId === null ? visitor(on, id, values, newline) : user19(on, id, values, newline);
}

/** That the wiki's cookie did not come; names those of other wikis on the host. */
function missing({ course, cookieName }: Request19): string {
  const others = course.cookies.map(({ name }) => name).filter((name) => name !== cookieName);
  if (others.length === 0) return 'the request brings no session cookie';
  const [are, whose] =
    others.length === 1
      ? ['the cookie', 'of another wiki on this host']
      : ['cookies', 'of other wikis on this host'];
  return `the request brings no cookie ${shownName(cookieName)}, only ${are} ${others.slice(0, MOST_NAMES).map(shownName).join(', ')}, ${whose}: if it is this wiki's, give its setting cookie_name, or server_port and script_name`;
}

/** The most names of cookies in a sentence. */
const MOST_NAMES = 5;

/** A new session under an id of MoinMoin's own. */
function begin(on: Request19, reason: string, text: string, before: string[] = []): Course {
  const effects = keepVisitor(on, { id: null, isNew: true, keys: [], stored: null });
  return on.course.step(SERVICE_19, { reason, text, effects: [...before, ...effects] });
}

function expire(on: Request19, id: string, expires: number): Course {
  on.course.write('delete', id);
  return begin(on, 'refused-expired', explain.expired(expires * 1000, on.request.now), [
    `delete session ${id}`,
  ]);
}

function visitor(on: Request19, id: string, values: SessionValues, newline: string): Course {
  const { course, view } = on;
  const effects = keepVisitor(on, { id, isNew: false, keys: values.keys, stored: values.expires });
  const endless = values.expires === null ? explain.ENDLESS : '';
  course.step(SERVICE_19, {
    reason: 'anonymous-restored',
    text: `its name alone opens the session${endless}${newline}`,
    effects,
  });
  return actAs19(course, view, values);
}
