import type { HeaderFields } from '../http/request.js';
import { isAddress } from './set-cookie.js';

/** How the page that sends a request is related to the request's target (Fetch Metadata, `Sec-Fetch-Site`). */
export type Relation = 'same-origin' | 'same-site' | 'cross-site';

/** @param from the origin of the page, or `null` for a page without one, such as a sandboxed frame */
export function relationOf(from: string, to: URL): Relation {
  if (from === 'null') return 'cross-site';
  const sender = new URL(from);
  if (sender.origin === to.origin) return 'same-origin';
  const isSameSite = sender.protocol === to.protocol && siteOf(sender.hostname) === siteOf(to.hostname);
  return isSameSite ? 'same-site' : 'cross-site';
}

/** The headers by which a browser names the page that sends a request. `Sec-Fetch-Site` goes to secure origins alone. */
export function senderHeaders(from: string, to: URL, method: string): HeaderFields {
  const isSecure = to.protocol === 'https:' || to.hostname === 'localhost' || to.hostname === '127.0.0.1';
  return {
    ...(isSecure && { 'sec-fetch-site': relationOf(from, to) }),
    ...(!['GET', 'HEAD'].includes(method) && { origin: from === 'null' ? from : new URL(from).origin }),
  };
}

/** The last two labels of a host: without the list of public suffixes, hosts below `co.uk` are one site. */
function siteOf(host: string): string {
  return isAddress(host) ? host : host.split('.').slice(-2).join('.');
}
