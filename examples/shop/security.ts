import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';
import { Refusal } from './page.js';
import { isEditor } from './session.js';

const HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  // Not 'no-referrer': browsers would then send 'Origin: null' with our own forms.
  'Referrer-Policy': 'same-origin',
};

export function securityHeaders(_request: Request, response: Response, next: NextFunction): void {
  response.set(HEADERS);
  next();
}

/** Pages show who is logged in: the back button must not bring them back after a logout. */
export function noStore(_request: Request, response: Response, next: NextFunction): void {
  response.set('Cache-Control', 'no-store');
  next();
}

export function requireEditor({ visit }: Request, _response: Response, next: NextFunction): void {
  if (!isEditor(visit.user)) throw new Refusal(403, 'This page is for editors.');
  next();
}

/** The auth chain has taken the forms at these paths already. It checks by itself which site sent them. */
const LOGIN_PATHS = ['/login', '/logout'];

/** Every other form must have the session's token. */
export function checkCsrf(
  { method, originalUrl, body, session }: Request,
  _: Response,
  next: NextFunction,
): void {
  const isLogin = method === 'POST' && LOGIN_PATHS.includes(originalUrl.split('?')[0] ?? '');
  const isRead = method === 'GET' || method === 'HEAD';
  if (!isRead && !isLogin && !isEqual(body?.csrf, session.get('csrf')))
    throw new Refusal(403, 'This form is out of date. Load its page again and send it once more.');
  next();
}

/** Gives the session a token for the forms of the page. Uses `update`: two first requests agree on one token. */
export async function giveCsrfToken({ session }: Request, _: Response, next: NextFunction): Promise<void> {
  if (session.available && !session.has('csrf'))
    await session.update('csrf', (token) => token ?? randomBytes(32).toString('base64url'));
  next();
}

function isEqual(given: unknown, token: string | undefined): boolean {
  if (typeof given !== 'string' || token === undefined) return false;
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
}
