import { isError } from './realm.js';

/**
 * Errors by cause. Every message says what is wrong, and then the remedy.
 * The command line turns `exitCode` into its exit status (spec 7).
 */
export class MoinSessionsError extends Error {
  /** The exit status of the command line when this error ends a command. */
  readonly exitCode: number = 1;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The options or the configuration file are wrong; found before the first request is served. */
export class ConfigurationError extends MoinSessionsError {
  override readonly exitCode = 2;
}

/** A command line that cannot be understood. */
export class UsageError extends MoinSessionsError {
  override readonly exitCode = 2;
}

/** The user file does not take a name or a password. The message is a sentence for the person who typed it. */
export class UserRuleError extends MoinSessionsError {
  override readonly exitCode = 2;

  constructor(
    message: string,
    /** `name-taken`, `password-changed` (meanwhile); else which of the two breaks a rule: `name` or `password`. */
    readonly code: 'name-taken' | 'name' | 'password' | 'password-changed',
  ) {
    super(message);
  }

  /** The status to answer a form with: 409 for `name-taken` and `password-changed`, else 400. */
  get statusCode(): 400 | 409 {
    return this.code === 'name-taken' || this.code === 'password-changed' ? 409 : 400;
  }
}

/** The store or the user directory is out of reach, full, or denies access. */
export class StoreError extends MoinSessionsError {}

/**
 * Too many logins wait for their password check: this one is refused unchecked. Every adapter answers with 429 and
 * `Retry-After`; an application that calls `sessions.begin` itself must do the same.
 */
export class TooManyLoginsError extends StoreError {
  readonly statusCode = 429;
  /** Seconds until a login may be tried again. */
  readonly retryAfter = 10;
  readonly headers = { 'retry-after': `${this.retryAfter}` };

  constructor(waiting: number) {
    super(
      `too many logins at once, ${waiting} are waiting for their password check: try again in a few seconds, and limit the rate of logins`,
    );
  }
}

/** A login from a route after the response has begun: the browser would not get the cookie. Nothing has changed. */
export class LateLoginError extends MoinSessionsError {
  constructor() {
    super(
      'the response has begun, so the browser would not get the cookie of this login: await visit.logIn(…) before the first byte',
    );
  }
}

/** A session or user that was named does not exist. */
export class NotFoundError extends MoinSessionsError {
  override readonly exitCode = 3;
}

/** A command or call did its work for some of the sessions or users it was given, and failed for others. */
export class PartialError extends MoinSessionsError {
  override readonly exitCode = 4;
}

/** The bytes stored under an id are no session (spec 2, state `unreadable`; I4). */
export class UnreadableRecordError extends MoinSessionsError {
  constructor(
    readonly id: string,
    /** Why, in words, without the id. */
    readonly reason: string,
    options?: ErrorOptions,
    /** The message. Default: the reason, and what an operator can do. */
    message = `session ${id} is unreadable: ${reason}; see 'moin-sessions inspect ${id}', or remove it with 'purge'`,
  ) {
    super(message, options);
  }
}

/**
 * This process lacks the right to read the record under an id, or refuses it for its owner. Another process may read it, so the
 * session may be open there. The reason names the remedy.
 */
export class DeniedRecordError extends UnreadableRecordError {
  constructor(id: string, reason: string, options?: ErrorOptions) {
    super(id, reason, options, `session ${id} may not be read: ${reason}`);
  }
}

/** The codes of a system error for want of a right. ESTRANGER: a file store refuses what its owner has not put there. */
const DENIALS: readonly (string | undefined)[] = ['EACCES', 'EPERM', 'ESTRANGER'];

/** Whether this is a system error for want of a right, or a `StoreError` that reports one. */
export function isDenied(error: unknown): boolean {
  return DENIALS.includes(deniedCode(error));
}

/** Whether it is one because of whose a file or folder is: another process may accept it. */
export function isForeign(error: unknown): boolean {
  return deniedCode(error) === 'ESTRANGER';
}

function deniedCode(error: unknown): string | undefined {
  return errorCode(error instanceof StoreError ? error.cause : error);
}

/** The `code` of a system error (`ENOENT`, `EACCES`, …), or undefined. */
export function errorCode(error: unknown): string | undefined {
  return isError(error) && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
