import type { AuthStep, AuthUser } from '../../auth/method.js';
import type { SetCookie } from '../../session/cookie/response-cookie.js';
import type { SimulatedRequest } from '../../simulate.js';
import type { OverlayWrite } from '../../store/overlay.js';
import type { CookieReport } from '../../visit/visit.js';

/** What came of a request on a wiki. */
export interface WikiSimulation {
  request: SimulatedRequest;
  /** What was taken for granted of the cookie and its user, in sentences. */
  notes: string[];
  /** What was taken for granted of the answer. */
  answerNotes: string[];
  /** When the browser drops the cookie that came, in ms, if the cookie says so itself; else null. */
  cookieExpires: number | null;
  /** The id of the user whose login of 1.6 the cookie was, and of which the wiki knows nothing any more; else null. */
  formerUserId: string | null;
}

type Step = Pick<AuthStep, 'reason' | 'text'> &
  Partial<Pick<AuthStep, 'effects' | 'continue'>> & { user?: AuthUser | null };

/** What has come of a request so far: MoinMoin's methods add to it, one after the other. */
export class Course {
  user: AuthUser | null = null;
  session: SimulatedRequest['session'] = null;
  cookies: CookieReport[] = [];
  otherCookies: string[] = [];
  cookieExpires: number | null = null;
  formerUserId: string | null = null;
  /** No later method runs: the server fails, or goes where nothing follows it here. */
  isOver = false;
  readonly #steps: AuthStep[] = [];
  readonly #setCookies: SetCookie[] = [];
  readonly #writes: OverlayWrite[] = [];
  readonly #notes = new Set<string>();
  readonly #answerNotes = new Set<string>();

  /** Adds a step. Without a user, the one of before stays. */
  step(method: string, { reason, text, effects = [], user = this.user, ...rest }: Step): this {
    const userBefore = this.user;
    this.#steps.push({
      method,
      userBefore,
      userAfter: user,
      continue: rest.continue ?? true,
      reason,
      text,
      effects,
    });
    this.user = user;
    return this;
  }

  /** The step that ends in an internal error of the server, whose answer has the cookies of the steps before. */
  breakAt(method: string, text: string): this {
    return this.#end(method, 'server-error', text);
  }

  /** A step after which nothing is known. */
  endAt(method: string, reason: string, text: string): this {
    this.noteOnAnswer('what the answer of this MoinMoin would bring is not known here');
    return this.#end(method, reason, text);
  }

  #end(method: string, reason: string, text: string): this {
    this.session = null;
    this.isOver = true;
    return this.step(method, { reason, text, user: null, continue: false });
  }

  send(cookie: SetCookie): void {
    this.#setCookies.push(cookie);
  }

  write(action: OverlayWrite['action'], id: string): void {
    this.#writes.push({ action, id });
  }

  note(text: string): void {
    this.#notes.add(text);
  }

  noteOnAnswer(text: string): void {
    this.#answerNotes.add(text);
  }

  result(): WikiSimulation {
    const { user, session, cookies, otherCookies } = this;
    const valid = user?.valid ? { id: user.id, name: user.name, method: user.method } : null;
    return {
      request: {
        cookies,
        otherCookies,
        steps: this.#steps,
        user: valid,
        session,
        setCookies: this.#setCookies,
        writes: this.#writes,
      },
      notes: [...this.#notes],
      answerNotes: [...this.#answerNotes],
      cookieExpires: this.cookieExpires,
      formerUserId: this.formerUserId,
    };
  }
}

/** Where the wiki's own cookie did not come: that another program's did. */
export function noteForeign(course: Course, foreign: string | null): void {
  if (foreign !== null && course.cookies[0]?.verdict === 'absent') course.note(foreign);
}
