import type { LoginForm } from '../auth/method.js';
import { isError } from '../realm.js';

/** The options that all adapters share. */
export interface AdapterOptions {
  /**
   * What a body says about login and logout. It is asked for POST requests alone, so that no link logs anybody in or
   * out. Default: `loginForm`, the fields `login`, `logout`, `name`, `password` and `rememberMe`.
   */
  form?: (body: unknown) => LoginForm;
  /** Bytes. A form that is larger is left to the application, and is no login. Default 16384. */
  formLimit?: number;
  /**
   * Told of what could not be answered as the application wanted: a save that failed, an error of the handler. The
   * visitor gets a 500 without details. Default: a process warning.
   */
  onError?: (error: unknown) => void;
}

export const DEFAULT_FORM_LIMIT = 16_384;

/** Ends a request that cannot be answered as it should. */
export function warnOfError(error: unknown): void {
  const message = isError(error) ? error.message : String(error);
  process.emitWarning(`a request was answered with an error: ${message}`, {
    type: 'MoinSessionsWarning',
    code: 'MOIN_SESSIONS_REQUEST_FAILED',
    ...(isError(error) && error.stack !== undefined && { detail: error.stack }),
  });
}
