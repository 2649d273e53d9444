import { askedHost, firstValue, headerField, headerFields } from './header.js';
import type { IncomingRequest } from './request.js';

/** Whether requests of this method change nothing (RFC 9110, section 9.2.1): another site that sends them gains nothing. */
export function isSafeMethod(method: string): boolean {
  return ['GET', 'HEAD', 'OPTIONS', 'TRACE'].includes(method);
}

/** What `whyCrossSite` must know of the site. */
export interface SiteOrigin {
  /** The peer is a trusted proxy: its `X-Forwarded-Host` is the host that the browser asked for. */
  behindProxy: boolean;
  trustedOrigins: ReadonlySet<string>;
  /** The session cookie is `SameSite=Strict`: it does not come with a link from another site either. */
  isStrict: boolean;
}

/**
 * Whether another site sent a request (spec 2, cross-site). Under `SameSite=Strict` a page view that another site links
 * to is one too: it comes without the cookie, and a new cookie in the answer would overwrite the visitor's login. A request that does not name its sender, such as curl's, does
 * not count as cross-site.
 * @returns null, or why the request counts as cross-site and the remedy, for people
 */
export function whyCrossSite(
  request: IncomingRequest,
  { behindProxy, trustedOrigins, isStrict }: SiteOrigin,
): string | null {
  const { method = 'GET' } = request;
  const isSafe = isSafeMethod(method);
  if (isSafe && !isStrict) return null;
  const headers = headerFields(request.headers ?? {});
  const field = (name: string) => firstValue(headerField(headers, name));
  const site = field('sec-fetch-site');
  if (isSafe) return site === 'cross-site' ? FOLLOWED : null;
  const origin = field('origin');
  if (origin !== undefined && trustedOrigins.has(origin)) return null;
  const host = askedHost(headers, behindProxy);
  if (site === 'same-origin' || site === 'none') return null;
  if (site === 'cross-site' || site === 'same-site') {
    return `the browser says that another site sent this request (Sec-Fetch-Site: ${site}): ${hosts(origin, host)}; ${TRUST_IT}`;
  }
  if (origin === undefined || isHost(origin, host)) return null;
  return `another site sent this request: ${hosts(origin, host)}; if a proxy in front of this server rewrites Host, set trustProxy and have it send X-Forwarded-Host; ${TRUST_IT}`;
}

const FOLLOWED =
  'the browser says that another site led to this page (Sec-Fetch-Site: cross-site), so the cookie, which is SameSite=Strict, did not come with the request';

const TRUST_IT = "if that site is yours, put its origin into the option 'trustedOrigins'";

/**
 * Whether an origin is on this host. Where a side names no port, the default port of the origin's scheme counts. False for
 * `null` and other text that is not an origin.
 */
function isHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: sender } = new URL(origin);
  const own = `${protocol}//${host}`;
  return sender !== '' && URL.canParse(own) && new URL(own).host === sender;
}

function hosts(origin: string | undefined, host: string | undefined): string {
  const from = origin === undefined ? 'it names no origin' : `it comes from ${shown(origin)}`;
  return `${from} and ${host === undefined ? 'names no Host' : `went to ${shown(host)}`}`;
}

/** Quotes and shortens text that a stranger wrote. */
function shown(text: string): string {
  return /^[\w.:/[\]-]{1,255}$/.test(text) ? text : JSON.stringify(text.slice(0, 100));
}
