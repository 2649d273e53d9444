import type { AuthRequest, CrossSite } from '../auth/method.js';
import { bare, own, ownOf } from '../base/own.js';
import { whyCrossSite } from '../http/cross-site.js';
import { headerField, headerFields } from '../http/header.js';
import { forwardedHttps } from '../http/proxy.js';
import type { IncomingRequest } from '../http/request.js';
import type { Site } from './site.js';

const FIELDS = [
  'method',
  'url',
  'headers',
  'remoteAddress',
  'secure',
  'clientCertificate',
  'form',
  'body',
  'raw',
] satisfies (keyof IncomingRequest)[];

/** The request as the auth methods get it. @throws TypeError for what is no request */
export function readRequest(incoming: IncomingRequest, site: Site): AuthRequest {
  if (typeof incoming !== 'object' || incoming === null)
    throw new TypeError(
      'sessions.begin takes a request: { method, url, headers, remoteAddress, secure, form }, all optional',
    );
  const given = ownFields(incoming);
  const { method = 'GET', url = '/', remoteAddress, clientCertificate, body, raw } = given;
  const headers = headerFields(given.headers ?? {});
  given.headers = headers; // once: what follows would read a `Headers` object again
  const secure = cameByHttps(given, site.trusted);
  const crossSite = crossSiteOf(given, site);
  const form = crossSite === null ? (given.form ?? {}) : bare({});
  // No spread: on Node 20 it would cost more than all the rest of the chain.
  return {
    method,
    url,
    headers,
    remoteAddress,
    secure,
    clientCertificate,
    form,
    body,
    raw,
    crossSite,
    session: null,
  };
}

/** What a form asked for as it was sent, by another site too. It logs nobody in: it is for results and events. */
export interface SentForm {
  isLogin: boolean;
  name: string;
}

const NO_FORM: SentForm = { isLogin: false, name: '' };

export function sentForm(incoming: IncomingRequest): SentForm {
  const form = own(incoming, 'form');
  if (form === undefined) return NO_FORM;
  const { login, name } = bare(form);
  return { isLogin: login === true, name: typeof name === 'string' ? name : '' };
}

/** The request and its form, without what they inherit from `Object.prototype`. */
function ownFields(incoming: IncomingRequest): IncomingRequest {
  const request: IncomingRequest = ownOf(incoming, FIELDS);
  request.form = bare(request.form ?? {});
  return request;
}

function crossSiteOf(request: IncomingRequest, site: Site): CrossSite | null {
  const { trusted, trustedOrigins, cookieOptions } = site;
  const text = whyCrossSite(request, {
    behindProxy: trusted(request.remoteAddress),
    trustedOrigins,
    isStrict: cookieOptions.cookieSameSite === 'Strict',
  });
  if (text === null) return null;
  const { login, logout } = request.form ?? {};
  return { text, asksForLogin: login === true || logout === true };
}

/** Whether the browser's connection is HTTPS, here or at a trusted proxy. */
export function cameByHttps(
  { secure, remoteAddress, headers = {} }: IncomingRequest,
  trusted: Site['trusted'],
): boolean {
  if (secure === true) return true;
  return trusted(remoteAddress) && forwardedHttps(headerField(headerFields(headers), 'x-forwarded-proto'));
}
