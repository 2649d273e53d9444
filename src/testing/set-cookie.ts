import { DAY } from '../base/clock.js';

/** A cookie as a browser keeps it. */
export interface KeptCookie {
  name: string;
  value: string;
  /** The host that set it, or the `Domain` that it named, in lower case. */
  domain: string;
  /** No `Domain` was named: other hosts below do not get it. */
  hostOnly: boolean;
  path: string;
  secure: boolean;
  /** Scripts of pages do not see it. */
  httpOnly: boolean;
  sameSite: 'Strict' | 'Lax' | 'None';
  /** When the browser drops it, in ms since 1970. Infinity: at the end of the browser. */
  expires: number;
}

/** The longest time that a browser keeps a cookie, whatever the server asks (RFC 6265bis, section 5.5). */
const LONGEST = 400 * DAY;
/** The most bytes of name and value, and of one attribute (RFC 6265bis, section 5.6). */
const MOST_BYTES = 4096;
const MOST_ATTRIBUTE_BYTES = 1024;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a browser refuses
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/**
 * Reads one `Set-Cookie` field as a browser does (RFC 6265bis, sections 5.6 and 5.7). Null for a cookie that it refuses,
 * and for one without a name.
 * @param now in ms since 1970
 */
export function readSetCookie(field: string, url: URL, now: number): KeptCookie | null {
  const [pair = '', ...rest] = CONTROL.test(field) ? [] : field.split(';');
  const equals = pair.indexOf('=');
  const name = pair.slice(0, Math.max(0, equals)).trim();
  const value = pair.slice(equals + 1).trim();
  if (name === '' || Buffer.byteLength(name + value) > MOST_BYTES) return null;
  const attributes = attributesOf(rest);
  const domain = domainOf(attributes.get('domain'), url.hostname);
  if (domain === null) return null;
  const cookie: KeptCookie = {
    name,
    value,
    ...domain,
    path: pathOf(attributes.get('path'), url.pathname),
    secure: attributes.has('secure'),
    httpOnly: attributes.has('httponly'),
    sameSite: sameSiteOf(attributes.get('samesite')),
    expires: expiresOf(attributes, now),
  };
  return isAllowed(cookie, attributes, url) ? cookie : null;
}

/** The attributes by lower-case name; of equal names the last one counts. */
function attributesOf(parts: readonly string[]): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const part of parts) {
    const [name = '', ...value] = part.split('=');
    const text = value.join('=').trim();
    if (Buffer.byteLength(text) <= MOST_ATTRIBUTE_BYTES) attributes.set(name.trim().toLowerCase(), text);
  }
  return attributes;
}

/** Null when the host may not set cookies for this domain. A domain of one label is a public suffix. */
function domainOf(named: string | undefined, host: string): Pick<KeptCookie, 'domain' | 'hostOnly'> | null {
  const domain = (named ?? '').replace(/^\./, '').toLowerCase();
  if (domain === '') return { domain: host, hostOnly: true };
  if (domain === host) return { domain, hostOnly: isAddress(host) || !domain.includes('.') };
  return domain.includes('.') && isHostBelow(host, domain) ? { domain, hostOnly: false } : null;
}

/** Whether `host` is `domain` or below it (RFC 6265, section 5.1.3). */
export function isHostBelow(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && !isAddress(host));
}

/** Whether a cookie goes to this host. */
export function isForHost({ domain, hostOnly }: KeptCookie, host: string): boolean {
  return hostOnly ? host === domain : isHostBelow(host, domain);
}

/** Whether a host is an IP address, which has no domains. */
export function isAddress(host: string): boolean {
  return host.startsWith('[') || /^\d+(\.\d+){3}$/.test(host);
}

/** The path named, or the folder of the request's path (RFC 6265, section 5.1.4). */
function pathOf(named: string | undefined, path: string): string {
  if (named?.startsWith('/')) return named;
  return path.slice(0, Math.max(1, path.lastIndexOf('/')));
}

function sameSiteOf(named: string | undefined): KeptCookie['sameSite'] {
  if (named?.toLowerCase() === 'none') return 'None';
  return named?.toLowerCase() === 'strict' ? 'Strict' : 'Lax';
}

/** `Max-Age` counts more than `Expires` (RFC 6265, section 5.3). */
function expiresOf(attributes: ReadonlyMap<string, string>, now: number): number {
  const maxAge = attributes.get('max-age');
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return now + Math.min(Number(maxAge) * 1000, LONGEST);
  const expires = Date.parse(attributes.get('expires') ?? '');
  return Number.isNaN(expires) ? Number.POSITIVE_INFINITY : Math.min(expires, now + LONGEST);
}

function isAllowed(cookie: KeptCookie, attributes: ReadonlyMap<string, string>, url: URL): boolean {
  const { secure, sameSite } = cookie;
  if (secure && url.protocol !== 'https:') return false;
  if ((sameSite === 'None' || attributes.has('partitioned')) && !secure) return false;
  const name = cookie.name.toLowerCase();
  if (name.startsWith('__secure-')) return secure;
  if (!name.startsWith('__host-')) return true;
  return secure && (attributes.get('domain') ?? '') === '' && attributes.get('path') === '/';
}
