import { warn } from '../../base/warn.js';
import { LOGIN_PATHS, loginForm } from '../../http/login-form.js';
import type { LoginForm } from '../../http/request.js';
import { asSiteVisit } from '../../visit/site-visit.js';
import type { Visit } from '../../visit/visit.js';
import type { AdapterOptions } from './options.js';

const DEFAULT_LIMIT = 16_384;

/** Decides which requests are login forms, and reads their fields. */
export class LoginForms {
  readonly #paths: ReadonlySet<string>;
  readonly #read: NonNullable<AdapterOptions['form']>;
  /** Bytes. A larger body is not read. */
  readonly limit: number;

  constructor({ loginPaths = LOGIN_PATHS, form = loginForm, formLimit = DEFAULT_LIMIT }: AdapterOptions) {
    this.#paths = new Set(loginPaths);
    this.#read = form;
    this.limit = formLimit;
  }

  /**
   * Whether a request may be a login form. Paths are compared exactly: another spelling of `/login` would get around
   * a limiter on `/login`, so it is not a login path.
   * @param url path and query, as in the request line
   */
  isTakenAt(method: string | undefined, url: string): boolean {
    return method === 'POST' && this.#paths.has(url.split('?', 1)[0] as string);
  }

  /** @param request as the server hands it to the application */
  read(body: unknown, request: unknown): LoginForm {
    return this.#read(body, request as never);
  }
}

let warned = false;

/**
 * Warns once in a process of an ignored login form. Behind a proxy that rewrites `Host`, the site ignores every login form.
 */
export function warnOfCrossSite(form: LoginForm | undefined, visit: Visit): void {
  if (warned || !(form?.login || form?.logout)) return;
  const { crossSite } = asSiteVisit(visit);
  if (crossSite === null) return;
  warned = true;
  warn(
    'MOIN_SESSIONS_CROSS_SITE',
    `a login form was ignored (further ones are not reported): ${crossSite.text}`,
  );
}
