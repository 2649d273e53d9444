import { warn } from '../../base/warn.js';

/** What a commit needs of a response's headers. */
export interface ResponseHeaders {
  get(name: string): string | null;
  set(name: string, value: string): void;
  append(name: string, value: string): void;
}

/** What `visit.commit()` returns. */
export type CommitHeaders = Readonly<Record<string, string | readonly string[]>>;

/** Adds a commit's headers to the application's own, and removes none of those. */
export function addCommitHeaders(headers: ResponseHeaders, fields: CommitHeaders): void {
  for (const [name, values] of Object.entries(fields)) {
    if (name === 'set-cookie') {
      for (const cookie of [values].flat()) headers.append(name, cookie);
      continue;
    }
    const value = String(values);
    if (name === 'vary') headers.set(name, mergedVary(headers.get(name), value));
    else if (name === 'cache-control') headers.set(name, mergedCacheControl(headers.get(name), value));
    else if (headers.get(name) === null) headers.set(name, value);
  }
}

function mergedVary(own: string | null, added: string): string {
  if (own === null || own.trim() === '') return added;
  const names = own.split(',').map((name) => name.trim().toLowerCase());
  const missing = added.split(', ').filter((name) => !names.includes(name.toLowerCase()));
  return names.includes('*') || missing.length === 0 ? own : `${own}, ${missing.join(', ')}`;
}

/** `no-store`, and `no-cache` without a field name, are stricter than ours (RFC 9111, section 5.2.2). */
function mergedCacheControl(own: string | null, added: string): string {
  if (own === null || own.trim() === '') return added;
  const directives = own.split(',').map((directive) => directive.trim().toLowerCase());
  const isStricter = ['no-store', 'no-cache', added.toLowerCase()].some((strict) =>
    directives.includes(strict),
  );
  return isStricter ? own : `${own}, ${added}`;
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
