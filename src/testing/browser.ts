import { headerField, headerFields } from '../http/header.js';
import type { HeaderFields, IncomingRequest, LoginForm } from '../http/request.js';
import type { Session } from '../session/session.js';
import type { Sessions } from '../sessions.js';
import type { Visit } from '../visit/visit.js';
import { type Answer, type AnswerHeaders, answerOf } from './answer.js';
import { CookieJar } from './cookie-jar.js';
import { type PlaywrightCookie, playwrightCookies } from './playwright.js';
import { relationOf, senderHeaders } from './sender.js';
import { isForHost } from './set-cookie.js';

export interface BrowserOptions {
  /** Scheme, host and port of the site. Cookies with `Secure` need `https:`. Default `http://localhost`. */
  origin?: string;
  /** The cookies that the browser has already, and the clock by which they end. Default: none, by the site's clock. */
  jar?: CookieJar;
}

/**
 * A request as a browser sends it. `url` is a path on the browser's own site that begins with `/`, or a whole URL. A `cookie`
 * among `headers` is sent behind the cookies of the jar.
 */
export interface BrowserRequest extends IncomingRequest {
  /**
   * The origin of the page whose link or form sends the request, or `null`. The browser then sends `Origin` and
   * `Sec-Fetch-Site`, and of its cookies those that `SameSite` allows. Default: the person typed the address.
   */
  from?: string;
}

/** What the application does with a request. */
export type Act = (session: Session, visit: Visit) => unknown;

/** A browser without a network: its requests go to `sessions.begin`, and it keeps the cookies of the answers. */
export class Browser {
  /** Scheme, host and port of the site: paths are on it. */
  readonly origin: string;
  /** Its cookies. */
  readonly jar: CookieJar;
  readonly #sessions: Sessions;

  /** @throws TypeError when `origin` is no URL */
  constructor(sessions: Sessions, { origin = 'http://localhost', jar }: BrowserOptions = {}) {
    this.#sessions = sessions;
    this.origin = new URL(origin).origin;
    this.jar = jar ?? new CookieJar(sessions.clock);
  }

  /** Opens a page. @param act what the application does. Default: nothing */
  get(url: string, act?: Act): Promise<Answer> {
    return this.visit({ url }, act);
  }

  /** Sends a form of the site's own page. @param form the fields of a login or logout form. Default: a form without login fields */
  post(url: string, form?: LoginForm, act?: Act): Promise<Answer> {
    return this.visit({ method: 'POST', url, form, from: this.origin }, act);
  }

  /** Sends the login form. @param fields the password, and whether the user asks to be remembered */
  logIn(name: string, fields: Omit<LoginForm, 'name'> = {}): Promise<Answer> {
    return this.post('/login', { login: true, name, ...fields });
  }

  /** Sends the logout form. */
  logOut(): Promise<Answer> {
    return this.post('/logout', { logout: true });
  }

  /**
   * A whole request: begins it, has the application act, commits it, and keeps the answer's cookie. When `act` throws, the
   * request ends there: nothing is committed, and the error is passed on.
   */
  async visit(request: BrowserRequest = {}, act: Act = () => {}): Promise<Answer> {
    const visit = await this.begin(request);
    await act(visit.session, visit);
    const headers = await visit.commit();
    this.receive(headers, this.#urlOf(request).href);
    return answerOf(visit, headers);
  }

  /**
   * Begins a request. Commit it, and pass the headers to `receive` if the answer arrives.
   * @throws TypeError when `url` is neither a path from the root nor a whole URL
   */
  async begin({ from, ...request }: BrowserRequest = {}): Promise<Visit> {
    const to = this.#urlOf(request);
    const { method = 'GET' } = request;
    const crossSite = from !== undefined && relationOf(from, to) === 'cross-site';
    const { cookie: ownCookie = [], ...own } = lowerCase(headerFields(request.headers ?? {}));
    const cookies = [this.jar.header(to, { method, crossSite }), ownCookie].flat().filter(Boolean);
    const headers: HeaderFields = {
      host: to.host,
      ...(from !== undefined && senderHeaders(from, to, method)),
      ...own,
      ...(cookies.length > 0 && { cookie: cookies.join('; ') }),
    };
    const url = isWholeUrl(request.url) ? to.pathname + to.search : request.url;
    const secure = to.protocol === 'https:';
    return this.#sessions.begin({ ...request, secure, headers, ...(url !== undefined && { url }) });
  }

  /** Keeps the cookies of an answer. */
  receive(headers: AnswerHeaders, url = '/'): void {
    const fields = headerField(headerFields(headers as HeaderFields), 'set-cookie') ?? [];
    for (const field of [fields].flat()) this.jar.take(field, new URL(url, this.origin));
  }

  /** The `Cookie` header that a request sends now, for supertest, `inject`, `app.request`; empty without cookies. */
  cookieHeader(url = '/'): string {
    return this.jar.header(new URL(url, this.origin));
  }

  /** What a script of the page reads in `document.cookie`. */
  documentCookie(url = '/'): string {
    return this.jar.header(new URL(url, this.origin), { script: true });
  }

  /**
   * The cookies for `context.addCookies` of Playwright, and for `cookies` of its `storageState`. Each has the time left that
   * it has by the site's clock, counted from the real date, by which Playwright's browsers drop cookies.
   * @param origin where the real server listens. Default: the origin of this browser
   */
  playwrightCookies(origin = this.origin): PlaywrightCookie[] {
    const { hostname } = new URL(this.origin);
    const cookies = this.jar.all().filter((cookie) => isForHost(cookie, hostname));
    return playwrightCookies(cookies, { origin, now: this.#sessions.clock() });
  }

  /** Another browser with the same cookies: a thief, or the state before a request. */
  copy(): Browser {
    return new Browser(this.#sessions, { origin: this.origin, jar: this.jar.copy() });
  }

  #urlOf({ url = '/', secure }: IncomingRequest): URL {
    const base = secure === true ? this.origin.replace(/^http:/, 'https:') : this.origin;
    if (isWholeUrl(url)) return new URL(url);
    if (url.startsWith('/')) return new URL(base + url);
    throw new TypeError(
      `${JSON.stringify(url)} is no path from the root of the site: begin it with /, or give a whole URL`,
    );
  }
}

function isWholeUrl(url: string | undefined): boolean {
  return url !== undefined && /^https?:\/\//i.test(url);
}

/** The fields by lower-case name, as a server gets them. */
function lowerCase(headers: HeaderFields): HeaderFields {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
