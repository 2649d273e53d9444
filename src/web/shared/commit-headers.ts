import { warn } from '../../base/warn.js';
import { addedVary, asStrictAs, forbidsStoring, keepCookieOut } from '../../http/cache-headers.js';

/** What a commit needs of a response's headers. */
export interface ResponseHeaders {
  get(name: string): string | null;
  set(name: string, value: string): void;
  append(name: string, value: string): void;
}

/** What `visit.commit()` returns. */
export type CommitHeaders = Readonly<Record<string, string | readonly string[]>>;

/**
 * Adds a commit's headers to the application's own. `Set-Cookie` comes beside theirs, `Vary` is added to their names, and
 * `Cache-Control` yields to theirs, except for `no-store`, and that a cookie must not be stored.
 */
export function addCommitHeaders(headers: ResponseHeaders, fields: CommitHeaders): void {
  const setsCookie = fields['set-cookie'] !== undefined;
  for (const name of Object.keys(fields)) {
    const values = fields[name] as string | readonly string[];
    if (name === 'set-cookie') {
      if (typeof values === 'string') headers.append(name, values);
      else for (const cookie of values) headers.append(name, cookie);
      continue;
    }
    const value = String(values);
    const own = ownOf(headers, name);
    if (own === null) headers.set(name, value);
    else if (name === 'vary') headers.set(name, addedVary(own, value));
    else if (name === 'cache-control') headers.set(name, cacheControlOf(own, value, setsCookie));
  }
}

/** The application's `Cache-Control`, but for the `no-store` of an auth method, which gives out a secret with the response. */
function cacheControlOf(own: string, ours: string, setsCookie: boolean): string {
  if (forbidsStoring(ours)) return asStrictAs(ours, own);
  return setsCookie ? keepCookieOut(own) : own;
}

/** The application's field; null when it says nothing. */
function ownOf(headers: ResponseHeaders, name: string): string | null {
  const own = headers.get(name);
  return own === null || own.trim() === '' ? null : own;
}

/**
 * Warns when a commit has a new token for the browser after the headers were sent.
 * @param known the `Set-Cookie` that was sent and the `Cookie` that was received: their tokens are not new
 */
export function warnOfLateCookie(
  fields: CommitHeaders,
  known: (string | readonly string[] | null | undefined)[],
): void {
  const texts = known.flat();
  const pairs = [fields['set-cookie'] ?? []].flat().map((cookie) => cookie.split(';', 1)[0] as string);
  if (pairs.every((pair) => pair.endsWith('=') || texts.some((text) => text?.includes(pair)))) return;
  warn(
    'MOIN_SESSIONS_LATE_COOKIE',
    "a session's token, or a cookie of an auth method, changed after the response had begun, so the browser did not get the new one; rotate or log in before the first byte",
  );
}
