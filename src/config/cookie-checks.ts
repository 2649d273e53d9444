import { isIP } from 'node:net';
import { ConfigurationError } from '../base/errors.js';
import { show } from '../base/show.js';
import { type CookieOptions, isAlwaysSecure, securePrefix } from '../session/cookie/attributes.js';

/** The checks of the cookie's options. Each throws a ConfigurationError that names the option and the remedy. */

const LABEL = '[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?';
/** A host name in ASCII; browsers ignore a dot in front of it (RFC 6265, section 5.2.3). */
const HOST = new RegExp(String.raw`^\.?${LABEL}(?:\.${LABEL})*$`, 'i');
/** The longest host name (RFC 1035, section 2.3.4). */
const LONGEST_HOST = 253;
/** Printable ASCII without what ends an attribute (`;`) or a path (`?`, `#`). Browsers ignore a value above 1024 bytes. */
const PATH = /^\/[!"$-:<->@-~]{0,1023}$/;

export function assertCookieDomain(domain: unknown, name: string): void {
  const expected = `option ${name} must be a host name such as 'example.com'`;
  if (typeof domain !== 'string') throw new ConfigurationError(expected);
  if (!isHost(domain)) {
    const host = hostIn(domain);
    const remedy = host === null ? '' : `: write ${show(host)}`;
    throw new ConfigurationError(`${expected}; ${show(domain)} is none${remedy}`);
  }
  if (isIP(domain) === 0 && (/\w\.\w/.test(domain) || /^localhost$/i.test(domain))) return;
  throw new ConfigurationError(
    `option ${name}: browsers refuse a cookie for ${show(domain)}, an address or a whole top-level domain: name a host such as 'example.com', or leave the option out`,
  );
}

export function assertCookiePath(path: unknown, name: string): void {
  if (typeof path === 'string' && PATH.test(path)) return;
  throw new ConfigurationError(
    `option ${name} must be a path such as '/wiki', in ASCII, without spaces and ; ? #; ${show(path)} is none`,
  );
}

/** Refuses options of which each is good, and whose cookie browsers refuse (RFC 6265bis, section 5.7). */
export function assertBrowsersTake(options: CookieOptions): void {
  const { cookieDomain, cookiePath, cookieSameSite, cookieSecure, cookiePartitioned } = options;
  const prefix = securePrefix(options.cookieName);
  if (prefix !== undefined && cookieSecure === false)
    throw refused(`a cookie ${prefix} without Secure`, 'leave cookieSecure out');
  const isHostName = prefix?.toLowerCase() === '__host-';
  if (isHostName && cookieDomain !== undefined)
    throw refused(
      `a cookie ${prefix} with a domain`,
      'leave cookieDomain out, or begin cookieName otherwise',
    );
  if (isHostName && cookiePath !== '/')
    throw refused(`a cookie ${prefix} with a path`, 'leave cookiePath out, or begin cookieName otherwise');
  if (isAlwaysSecure(options)) return;
  if (cookieSameSite === 'None') throw refused('SameSite=None without Secure', 'set cookieSecure: true');
  if (cookiePartitioned) throw refused('Partitioned without Secure', 'set cookieSecure: true');
}

function refused(what: string, remedy: string): ConfigurationError {
  return new ConfigurationError(`browsers refuse ${what}: ${remedy}`);
}

function isHost(text: string): boolean {
  return text.length <= LONGEST_HOST && HOST.test(text);
}

/** The host of a URL or of an address with a port or a path, in ASCII; null if there is none. */
function hostIn(text: string): string | null {
  const url = /^[a-z]+:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url)) return null;
  const { hostname } = new URL(url);
  return isHost(hostname) ? hostname : null;
}
