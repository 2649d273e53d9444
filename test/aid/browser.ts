import type { IncomingRequest } from '../../src/http/request.js';
import type { SetCookie } from '../../src/session/cookie/response-cookie.js';
import type { Session } from '../../src/session/session.js';
import type { Sessions } from '../../src/sessions.js';
import type { Visit } from '../../src/visit/visit.js';
import type { CookieJar } from './cookie-jar.js';

/** A browser without a network: its requests go to `sessions.begin`. */
export class Browser {
  readonly #sessions: Sessions;
  readonly #jar: CookieJar;

  constructor(sessions: Sessions, jar: CookieJar) {
    this.#sessions = sessions;
    this.#jar = jar;
  }

  /** The value of the session cookie that a request sends now, or undefined. */
  get cookie(): string | undefined {
    return this.#jar.value('MOIN_SESSION');
  }

  /** Puts a cookie into the jar, as an attacker or an older version does. */
  plant(value: string | undefined, name = 'MOIN_SESSION'): void {
    this.#jar.plant(name, value);
  }

  /** Another browser with the same cookies: a second tab, or a thief. */
  copy(): Browser {
    return new Browser(this.#sessions, this.#jar.copy());
  }

  /** Begins a request. The test commits it, and passes the headers to `receive` if the answer arrives. */
  begin(request: IncomingRequest = {}): Promise<Visit> {
    const cookie = this.#jar.header(request.secure);
    const headers = { ...request.headers, ...(cookie !== '' && { cookie }) };
    return this.#sessions.begin({ ...request, headers });
  }

  /** A whole request. `act` is the application. */
  async visit(request: IncomingRequest = {}, act: (session: Session) => unknown = () => {}): Promise<Answer> {
    const visit = await this.begin(request);
    await act(visit.session);
    const headers = await visit.commit();
    this.receive(headers, request.secure);
    return answerOf(visit, headers);
  }

  logIn(name: string, more: IncomingRequest['form'] = {}): Promise<Answer> {
    return this.visit({ form: { login: true, name, password: name, ...more } });
  }

  logOut(): Promise<Answer> {
    return this.visit({ form: { logout: true } });
  }

  /** Takes an answer's cookie. */
  receive({ 'set-cookie': setCookie }: Answer['headers'], secure = false): void {
    for (const field of [setCookie ?? []].flat()) this.#jar.take(field, secure);
  }
}

/** The result of a request. */
export interface Answer {
  visit: Visit;
  user: string | null;
  session: Session;
  headers: Awaited<ReturnType<Visit['commit']>>;
  /** What the answer did with the cookie, or undefined. */
  sent: SetCookie | undefined;
  /** The reason of each step, by method. */
  reasons: Record<string, string>;
}

function answerOf(visit: Visit, headers: Answer['headers']): Answer {
  return {
    visit,
    user: visit.user?.name ?? null,
    session: visit.session,
    headers,
    sent: visit.outgoing()[0],
    reasons: Object.fromEntries(visit.trace.map(({ method, reason }) => [method, reason])),
  };
}
