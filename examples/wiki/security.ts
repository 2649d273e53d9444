import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { Refusal } from './view.js';

declare module 'moin-sessions' {
  interface SessionValues {
    csrf: string;
  }
}

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  // Not 'no-referrer': browsers would then send 'Origin: null' with our own forms.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // Pages show who is logged in: the back button must not bring them back after a logout.
  'Cache-Control': 'no-store',
};

export function securityHeaders(_request: Request, response: Response, next: NextFunction): void {
  response.set(HEADERS);
  next();
}

/**
 * Refuses requests from another site's page, and answers with a page that says why. The auth chain would ignore such a login
 * form silently and the visitor would see the login page again, so this check stands before the chain.
 */
export function refuseOtherSites(request: Request, _response: Response, next: NextFunction): void {
  if (!isRead(request) && !isFromHere(request)) {
    throw new Refusal(403, 'This form was sent from another site', 'Open the page here and try again.');
  }
  next();
}

/** All current browsers send one of the two headers with a form. The error asks other programs to send one. */
function isFromHere({ headers }: Request): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const { origin = '' } = headers;
  return URL.canParse(origin) && new URL(origin).host === headers.host;
}

/** Gives logged-in users a token for their forms. Uses `update`, so that parallel first requests agree on one token. */
export async function giveCsrfToken(
  { visit }: Request,
  _response: Response,
  next: NextFunction,
): Promise<void> {
  const { session, user } = visit;
  if (user !== null && session.available && !session.has('csrf')) {
    await session.update('csrf', (token) => token ?? randomBytes(32).toString('base64url'));
  }
  next();
}

/** Every route that changes something requires the session's token. */
export function checkCsrfToken(request: Request, _response: Response, next: NextFunction): void {
  const { body, session, visit } = request;
  if (!isRead(request) && visit.user === null) {
    throw new Refusal(403, 'You are not logged in any more', 'Log in and try again.');
  }
  if (!isRead(request) && !isEqual(body?.csrf, session.get('csrf'))) {
    throw new Refusal(403, 'This form is out of date', 'Load its page again and send it once more.');
  }
  next();
}

function isEqual(given: unknown, token: string | undefined): boolean {
  if (typeof given !== 'string' || token === undefined) return false;
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function isRead({ method }: Request): boolean {
  return method === 'GET' || method === 'HEAD';
}
