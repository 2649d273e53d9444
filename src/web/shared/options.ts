import { ConfigurationError } from '../../base/errors.js';
import { hasMethods } from '../../base/has-methods.js';
import { show } from '../../base/show.js';
import { assertKnown } from '../../config/checks.js';
import type { LoginForm } from '../../http/request.js';

/** The options of every adapter. @typeParam Request what the server hands to the application */
export interface AdapterOptions<Request = never> {
  /**
   * The paths of login forms, sent by POST: whole paths of the original URL, compared exactly. At other paths no body
   * is read, and fields such as `login` are the application's. Default `['/login', '/logout']`.
   */
  loginPaths?: readonly string[];
  /**
   * Reads login and logout from the body of a request at one of the `loginPaths`; the body is undefined when none was read.
   * Default: `loginForm`, which takes the fields `login`, `logout`, `name`, `password` and `rememberMe`.
   */
  form?: (body: unknown, request: Request) => LoginForm;
  /**
   * The largest unparsed form or JSON, in bytes. A larger one is not read, and does not count as a login. Default 16384.
   */
  formLimit?: number;
  /**
   * Gets each error that replaced the application's response: a failed save, an error of the handler. The visitor gets
   * a 500 without details; for a `TooManyLoginsError`, a 429 with `Retry-After`. Default: a process warning. What it throws becomes one, too.
   */
  onError?: (error: unknown) => void;
}

const CHECKS: Readonly<Record<keyof AdapterOptions, (value: unknown, name: string) => void>> = {
  loginPaths: assertPaths,
  form: assertFunction,
  formLimit: assertLimit,
  onError: assertFunction,
};

/**
 * @param more names of an adapter's own options
 * @throws ConfigurationError for an unknown option or a wrong value, naming the option and the remedy
 */
export function assertAdapterOptions(options: object, more: readonly string[]): void {
  assertKnown(options, [...Object.keys(CHECKS), ...more]);
  for (const [name, check] of Object.entries(CHECKS)) {
    const value: unknown = Object.hasOwn(options, name) ? Reflect.get(options, name) : undefined;
    if (value !== undefined) check(value, name);
  }
}

/** @throws ConfigurationError when this is not what `createSessions` returns, such as its options */
export function assertSessions(sessions: unknown): void {
  if (hasMethods(sessions, ['begin', 'close'])) return;
  throw new ConfigurationError(
    `the adapter needs the sessions that createSessions(config) returns, not the config, and got a value of type ${typeof sessions}`,
  );
}

function assertPaths(paths: unknown, name: string): void {
  const expected = `option ${name} must be a list of whole paths such as '/login'`;
  if (!Array.isArray(paths)) throw new ConfigurationError(expected);
  const wrong = paths.find((path) => typeof path !== 'string' || !/^\/[^?#]*$/.test(path));
  if (wrong !== undefined) throw new ConfigurationError(`${expected}; ${show(wrong)} is not one`);
}

function assertLimit(bytes: unknown, name: string): void {
  if (Number.isSafeInteger(bytes) && (bytes as number) >= 0) return;
  throw new ConfigurationError(`option ${name} must be a whole number of bytes, 0 or more`);
}

/** @throws ConfigurationError when there is none, such as options in its place */
export function assertHandler(handler: unknown): void {
  if (typeof handler === 'function') return;
  throw new ConfigurationError(
    `withSessions needs a handler between sessions and options, and got a value of type ${typeof handler}: withSessions(sessions, handler, options)`,
  );
}

export function assertFunction(value: unknown, name: string): void {
  if (typeof value !== 'function') throw new ConfigurationError(`option ${name} must be a function`);
}
