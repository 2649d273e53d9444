import { type Clock, systemClock } from '../base/clock.js';
import { isForHost, isHostBelow, type KeptCookie, readSetCookie } from './set-cookie.js';

/** Who asks for the cookies of a URL. */
export interface CookieQuery {
  /** Another site's page sends the request. Default false. */
  crossSite?: boolean;
  /** Of the request: a cross-site POST gets no `SameSite=Lax` cookie. Default `GET`. */
  method?: string;
  /** A script reads `document.cookie`: no `HttpOnly` cookie. Default false. */
  script?: boolean;
}

/**
 * Keeps cookies as a browser does: `Domain`, `Path`, `Secure`, `HttpOnly`, `SameSite`, lifetimes by a clock, deletions,
 * several of one name, `__Host-` and `__Secure-` (RFC 6265bis, sections 5.6 to 5.8). Three simplifications: http://localhost
 * counts as insecure, every domain of two labels may have cookies (`co.uk`), and `Partitioned` parts nothing.
 */
export class CookieJar {
  readonly #now: Clock;
  /** By name, domain and path, in the order of creation. */
  readonly #kept = new Map<string, KeptCookie>();

  /** @param now the time by which cookies end, in ms since 1970. Default: the system's time */
  constructor(now: Clock = systemClock) {
    this.#now = now;
  }

  /** Takes one `Set-Cookie` field of an answer from `url`. */
  take(field: string, url: string | URL): void {
    const from = new URL(url);
    const cookie = readSetCookie(field, from, this.#now());
    if (cookie === null || this.#overlaysSecure(cookie, from)) return;
    const key = keyOf(cookie);
    if (cookie.expires <= this.#now()) this.#kept.delete(key);
    else this.#kept.set(key, cookie);
  }

  /** Puts a cookie for all paths of a host into the jar, unchecked, as an attacker or an older version of the site does. */
  plant(name: string, value: string, url: string | URL): void {
    const { hostname: domain } = new URL(url);
    const expires = Number.POSITIVE_INFINITY;
    const flags = { hostOnly: true, secure: false, httpOnly: true, sameSite: 'Lax' } as const;
    const cookie: KeptCookie = { name, value, domain, path: '/', ...flags, expires };
    this.#kept.set(keyOf(cookie), cookie);
  }

  /** Every cookie that has not ended, of all hosts and paths, in the order of creation. */
  all(): KeptCookie[] {
    const now = this.#now();
    return [...this.#kept.values()].filter(({ expires }) => expires > now).map((cookie) => ({ ...cookie }));
  }

  /** The cookies that a request to `url` sends, in its order: longer paths first, then older cookies. */
  cookies(url: string | URL, query: CookieQuery = {}): KeptCookie[] {
    const to = new URL(url);
    const sent = this.all().filter((cookie) => isFor(cookie, to, query));
    return sent.sort((a, b) => b.path.length - a.path.length);
  }

  /** The `Cookie` header of a request to `url`; empty without cookies. */
  header(url: string | URL, query: CookieQuery = {}): string {
    return this.cookies(url, query)
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  /** Ends the browser: cookies without `Max-Age` and `Expires` are dropped. */
  restart(): void {
    for (const [key, { expires }] of this.#kept)
      if (expires === Number.POSITIVE_INFINITY) this.#kept.delete(key);
  }

  /** Another jar with the same cookies and clock. */
  copy(): CookieJar {
    const copy = new CookieJar(this.#now);
    for (const [key, cookie] of this.#kept) copy.#kept.set(key, cookie);
    return copy;
  }

  /** An insecure answer may not replace or hide a `Secure` cookie of the same name (RFC 6265bis, section 5.7). */
  #overlaysSecure({ name, domain, path }: KeptCookie, url: URL): boolean {
    if (url.protocol === 'https:') return false;
    return this.all().some(
      (kept) =>
        kept.secure &&
        kept.name === name &&
        (isHostBelow(kept.domain, domain) || isHostBelow(domain, kept.domain)) &&
        isPathBelow(path, kept.path),
    );
  }
}

function isFor(cookie: KeptCookie, url: URL, { crossSite, method = 'GET', script }: CookieQuery): boolean {
  const { path, secure, httpOnly, sameSite } = cookie;
  if (!isForHost(cookie, url.hostname) || !isPathBelow(url.pathname, path)) return false;
  if (secure && url.protocol !== 'https:') return false;
  if (script && httpOnly) return false;
  return !crossSite || sameSite === 'None' || (sameSite === 'Lax' && isSafe(method));
}

function keyOf({ name, domain, hostOnly, path }: KeptCookie): string {
  return [name, domain, hostOnly, path].join(';');
}

/** Whether a cookie of `folder` goes to `path` (RFC 6265, section 5.1.4). */
function isPathBelow(path: string, folder: string): boolean {
  if (path === folder) return true;
  return path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

function isSafe(method: string): boolean {
  return ['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method);
}
