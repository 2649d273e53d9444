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
  /** The largest unparsed form, in bytes. A larger one is not read, and does not count as a login. Default 16384. */
  formLimit?: number;
  /**
   * Gets each error that replaced the application's response: a failed save, an error of the handler. The visitor gets
   * a 500 without details; for a `TooManyLoginsError`, a 429 with `Retry-After`. Default: a process warning.
   */
  onError?: (error: unknown) => void;
}
