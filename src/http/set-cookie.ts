import { parseCookieHeader } from './cookie-header.js';

/** A request, as far as a browser looks at it when it chooses the cookies to send. */
export interface CookieTarget {
  /** The connection is HTTPS. */
  secure: boolean;
  /** The host that was asked, with or without a port; undefined if it is not known. */
  host: string | undefined;
  /** Path and query, as in the request line. */
  url: string;
}

/** The `Cookie` header that a browser would send next (RFC 6265, sections 5.3 and 5.4). */
export function keepCookie(
  sent: string | readonly string[] | undefined,
  setCookie: string,
  target: CookieTarget,
): string {
  const [pair = '', ...attributes] = setCookie.split('; ');
  const before = parseCookieHeader(sent);
  const isReplaced = isReplacing(attributes, target);
  const name = pair.slice(0, pair.indexOf('='));
  const left = isReplaced ? before.filter(([other]) => other !== name) : before;
  const kept = left.map(([other, value]) => `${other}=${value}`);
  if (isReplaced && !attributes.includes('Max-Age=0')) kept.push(pair);
  return kept.join('; ');
}

/**
 * Whether a cookie with these attributes, from the answer to such a request, takes the place of the one that the browser
 * sends with the next such request (RFC 6265bis, sections 5.7 and 5.8). A browser ignores a `Secure` cookie from an insecure
 * connection, and a domain that is not the host's. A cookie of another path it keeps beside the old one.
 */
function isReplacing(attributes: readonly string[], { secure, host, url }: CookieTarget): boolean {
  if (attributes.includes('Secure') && !secure) return false;
  const value = (name: string) =>
    attributes.find((text) => text.startsWith(`${name}=`))?.slice(name.length + 1);
  const domain = value('Domain');
  const isOfHost = domain === undefined || host === undefined || isHostIn(host, domain);
  return isOfHost && isPathIn(url.split('?', 1)[0] as string, value('Path') ?? '/');
}

/** RFC 6265bis, section 5.1.3. A dot in front of the domain is ignored. */
export function isHostIn(host: string, domain: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  const suffix = domain.replace(/^\./, '').toLowerCase();
  return name === suffix || name.endsWith(`.${suffix}`);
}

/** RFC 6265bis, section 5.1.4. */
export function isPathIn(path: string, cookiePath: string): boolean {
  if (!path.startsWith(cookiePath)) return false;
  return path === cookiePath || cookiePath.endsWith('/') || path[cookiePath.length] === '/';
}
