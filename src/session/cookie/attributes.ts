import type { CookieKind } from './signer.js';

/** The options of the cookie (spec 4), with their defaults filled in. */
export interface CookieOptions {
  readonly cookieName: string;
  /** Undefined: the host that set the cookie, and no other. */
  readonly cookieDomain: string | undefined;
  readonly cookiePath: string;
  readonly cookieSameSite: 'Lax' | 'Strict' | 'None';
  /** Undefined: when the request came over HTTPS, and always under a name that needs it. */
  readonly cookieSecure: boolean | undefined;
  readonly cookiePartitioned: boolean;
  /** Whether the browser drops the cookie of a login without "remember me" when it closes. */
  readonly browserSession: boolean;
}

/** What a response does with the cookie. */
export type CookieDecision =
  | { action: 'set'; kind: CookieKind; token: string; remember: boolean; cookieExpires: number }
  | { action: 'delete' };

/** When and how the response is sent. */
export interface ResponseFacts {
  /** In ms. */
  now: number;
  /** The request came over HTTPS. */
  secure: boolean;
}

/** The name of the cookie when the application sets none. */
export const DEFAULT_COOKIE_NAME = 'MOIN_SESSION';

/** The beginning of a name that browsers take with `Secure` alone, or undefined (RFC 6265bis, section 4.1.3). */
export function securePrefix(cookieName: string): string | undefined {
  return /^__(?:Host|Secure)-/i.exec(cookieName)?.[0];
}

/** Whether each cookie is `Secure`, whatever its request came over. */
export function isAlwaysSecure({ cookieName, cookieSecure }: CookieOptions): boolean {
  return cookieSecure ?? securePrefix(cookieName) !== undefined;
}

/**
 * The attributes of the cookie. A deletion has those of the cookie that it deletes: browsers tell cookies apart by name,
 * domain and path, and partitioned ones by their partition (RFC 6265bis, section 5.7).
 */
export function cookieAttributes(
  options: CookieOptions,
  decision: CookieDecision,
  { now, secure }: ResponseFacts,
): string[] {
  const { cookieDomain, cookiePath, cookieSameSite, cookiePartitioned } = options;
  const attributes = [`Path=${cookiePath}`];
  if (cookieDomain !== undefined) attributes.push(`Domain=${cookieDomain}`);
  const age = maxAge(options, decision, now);
  if (age !== null) {
    const ends = decision.action === 'set' ? decision.cookieExpires : 0;
    attributes.push(`Expires=${httpDate(ends)}`, `Max-Age=${age}`);
  }
  attributes.push('HttpOnly', `SameSite=${cookieSameSite}`);
  if (options.cookieSecure ?? (secure || isAlwaysSecure(options))) attributes.push('Secure');
  if (cookiePartitioned) attributes.push('Partitioned');
  return attributes;
}

/** The last time that was written: most cookies of a second expire in the same one. */
let written = { second: 0, text: new Date(0).toUTCString() };

/** A time in ms as RFC 9110, section 5.6.7, has it: in whole seconds. */
function httpDate(time: number): string {
  const second = Math.floor(time / 1000);
  if (written.second !== second) written = { second, text: new Date(time).toUTCString() };
  return written.text;
}

/**
 * `Max-Age` in whole seconds, rounded up: a few elapsed milliseconds do not change a round number, and a cookie to
 * set never gets 0, which would delete it. Null for a cookie that the browser drops when it closes.
 */
export function maxAge(options: CookieOptions, decision: CookieDecision, now: number): number | null {
  if (decision.action === 'delete') return 0;
  if (options.browserSession && decision.kind === 'user' && !decision.remember) return null;
  return Math.max(1, Math.ceil((decision.cookieExpires - now) / 1000));
}
