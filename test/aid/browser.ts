import type { IncomingRequest } from '../../src/http/request.js';
import type { SetCookie } from '../../src/session/cookie/response-cookie.js';
import type { Session } from '../../src/session/session.js';
import type { Sessions } from '../../src/sessions.js';
import type { Visit } from '../../src/visit/visit.js';

interface Kept {
  value: string;
  expires: number;
  secure: boolean;
}

/** Keeps cookies between requests as a browser does: lifetimes, deletions, and `Secure` (RFC 6265bis, section 5.7). */
export class Browser {
  readonly #sessions: Sessions;
  readonly #now: () => number;
  readonly #jar = new Map<string, Kept>();

  constructor(sessions: Sessions, now: () => number) {
    this.#sessions = sessions;
    this.#now = now;
  }

  /** The cookie as it would be sent now, or undefined. */
  get cookie(): string | undefined {
    return this.#sent('MOIN_SESSION')?.value;
  }

  /** Puts a cookie into the jar, as an attacker or an older version would. */
  plant(value: string | undefined, name = 'MOIN_SESSION'): void {
    if (value === undefined) this.#jar.delete(name);
    else this.#jar.set(name, { value, expires: Number.POSITIVE_INFINITY, secure: false });
  }

  /** Another browser that holds the same cookies: a second tab, or a thief. */
  copy(): Browser {
    const twin = new Browser(this.#sessions, this.#now);
    for (const [name, kept] of this.#jar) twin.#jar.set(name, kept);
    return twin;
  }

  /** Begins a request; the test commits it, and gives the headers to `receive` if the answer arrives. */
  begin(request: IncomingRequest = {}): Promise<Visit> {
    const names = [...this.#jar.keys()].filter((name) => this.#sent(name, request.secure) !== undefined);
    const cookie = names.map((name) => `${name}=${this.#jar.get(name)?.value}`).join('; ');
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
  receive({ 'set-cookie': setCookie }: Record<string, string>, secure = false): void {
    if (setCookie === undefined) return;
    const [pair = '', ...attributes] = setCookie.split('; ');
    const equals = pair.indexOf('=');
    const maxAge = Number(attributes.find((text) => text.startsWith('Max-Age='))?.slice('Max-Age='.length));
    const isSecure = attributes.includes('Secure');
    if (isSecure && !secure) return;
    const name = pair.slice(0, equals);
    if (maxAge <= 0) this.#jar.delete(name);
    else
      this.#jar.set(name, {
        value: pair.slice(equals + 1),
        expires: this.#now() + maxAge * 1000,
        secure: isSecure,
      });
  }

  #sent(name: string, secure = false): Kept | undefined {
    const kept = this.#jar.get(name);
    return kept !== undefined && kept.expires > this.#now() && (secure || !kept.secure) ? kept : undefined;
  }
}

/** What came of a request. */
export interface Answer {
  visit: Visit;
  user: string | null;
  session: Session;
  headers: Record<string, string>;
  /** What the answer did about the cookie, or undefined. */
  sent: SetCookie | undefined;
  /** The reason of each step, by method. */
  reasons: Record<string, string>;
}

function answerOf(visit: Visit, headers: Record<string, string>): Answer {
  return {
    visit,
    user: visit.user?.name ?? null,
    session: visit.session,
    headers,
    sent: visit.outgoing()[0],
    reasons: Object.fromEntries(visit.trace.map(({ method, reason }) => [method, reason])),
  };
}
