import type { AuthResponse } from '../../auth/method.js';
import { TooManyLoginsError } from '../../base/errors.js';
import { isError } from '../../base/realm.js';
import { warn } from '../../base/warn.js';

/** The visitor left in the middle of a login form. Nothing is wrong here, and no response is awaited. */
export class AbortedFormError extends Error {
  /** Express and Fastify answer with it. */
  readonly statusCode = 400;
  readonly code = 'ECONNRESET';

  constructor(cause?: unknown) {
    super('the visitor left in the middle of a login form', { cause });
  }
}

/** Of each response to an error: whose session failed may not be known, so none is for other visitors (spec 4). */
const ERROR_HEADERS = {
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'private, no-cache="Set-Cookie"',
  vary: 'Cookie',
};

/** The response to an error, without details: 429 with `Retry-After` for a `TooManyLoginsError`, else 500. */
export function errorResponse(error: unknown): AuthResponse {
  if (!(error instanceof TooManyLoginsError))
    return { status: 500, headers: ERROR_HEADERS, body: 'Internal Server Error\n' };
  const { statusCode, headers } = error;
  return { status: statusCode, headers: { ...ERROR_HEADERS, ...headers }, body: 'Too Many Requests\n' };
}

let warnedOfLogins = false;

/**
 * The default of `onError`: a process warning. Warns only once about refused logins, because a stranger can cause any
 * number of them.
 */
export function warnOfError(error: unknown): void {
  const isFlood = error instanceof TooManyLoginsError;
  if (isFlood && warnedOfLogins) return;
  warnedOfLogins ||= isFlood;
  const message = isError(error) ? error.message : String(error);
  const stack = isError(error) ? error.stack : undefined;
  warn('MOIN_SESSIONS_REQUEST_FAILED', `a request was answered with an error: ${message}`, stack);
}
