import { TooManyLoginsError } from '../../base/errors.js';
import { isError } from '../../base/realm.js';
import type { LoginForm } from '../../http/request.js';

/** The options that all adapters share. @typeParam Request what the server hands to the application */
export interface AdapterOptions<Request = never> {
  /**
   * Where login forms are taken, by POST: whole paths of the original URL, compared to the letter. Elsewhere bodies are
   * not looked at, and fields of those names are the application's. Default `['/login', '/logout']`.
   */
  loginPaths?: readonly string[];
  /**
   * What a body at one of the `loginPaths` says about login and logout; undefined where there is none that was read.
   * Default: `loginForm`, the fields `login`, `logout`, `name`, `password` and `rememberMe`.
   */
  form?: (body: unknown, request: Request) => LoginForm;
  /** Bytes. An unparsed form that is larger is not read, and is no login. Default 16384. */
  formLimit?: number;
  /**
   * Told of what could not be answered as the application wanted: a save that failed, an error of the handler. The
   * visitor gets a 500 without details; for a `TooManyLoginsError`, a 429 with `Retry-After`. Default: a process warning.
   */
  onError?: (error: unknown) => void;
}

/** The visitor left in the middle of a login form: nobody is there to be answered, and nothing is wrong here. */
export class AbortedFormError extends Error {
  /** For what Express and Fastify make of it. */
  readonly statusCode = 400;
  readonly code = 'ECONNRESET';

  constructor(cause?: unknown) {
    super('the visitor left in the middle of a login form', { cause });
  }
}

let warnedOfLogins = false;

/** Ends a request that cannot be answered as it should. Of refused logins it warns once, for a stranger can cause any number. */
export function warnOfError(error: unknown): void {
  const isFlood = error instanceof TooManyLoginsError;
  if (isFlood && warnedOfLogins) return;
  warnedOfLogins ||= isFlood;
  const message = isError(error) ? error.message : String(error);
  process.emitWarning(`a request was answered with an error: ${message}`, {
    type: 'MoinSessionsWarning',
    code: 'MOIN_SESSIONS_REQUEST_FAILED',
    ...(isError(error) && error.stack !== undefined && { detail: error.stack }),
  });
}
