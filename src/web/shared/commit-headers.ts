import { warn } from '../../base/warn.js';

/** What a commit needs of a response's headers. */
export interface ResponseHeaders {
  get(name: string): string | null;
  set(name: string, value: string): void;
  append(name: string, value: string): void;
}

/** What `visit.commit()` returns. */
export type CommitHeaders = Readonly<Record<string, string>>;

/** Keeps caches that do not know `private` from storing the cookie (RFC 9111, section 5.2.2.4). */
const NO_COOKIE = 'no-cache="Set-Cookie"';

/**
 * Adds a commit's headers to the application's own. `Set-Cookie` comes beside theirs, `Vary` is added to their names, and
 * `Cache-Control` yields to theirs, except that a cookie must not be stored.
 */
export function addCommitHeaders(headers: ResponseHeaders, fields: CommitHeaders): void {
  const setsCookie = fields['set-cookie'] !== undefined;
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'set-cookie') headers.append(name, value);
    else if (name === 'vary') addVary(headers, value);
    else if (name === 'cache-control') addCacheControl(headers, value, setsCookie);
    else headers.set(name, value);
  }
}

function addVary(headers: ResponseHeaders, added: string): void {
  const own = ownOf(headers, 'vary');
  if (own === null) headers.set('vary', added);
  else if (!hasAny(own, ['*', added])) headers.set('vary', `${own}, ${added}`);
}

/** `no-store`, and `no-cache` without a field name, are stricter than ours (RFC 9111, section 5.2.2). */
function addCacheControl(headers: ResponseHeaders, added: string, setsCookie: boolean): void {
  const own = ownOf(headers, 'cache-control');
  if (own === null) headers.set('cache-control', added);
  else if (setsCookie && !hasAny(own, ['no-store', 'no-cache', NO_COOKIE]))
    headers.set('cache-control', `${own}, ${NO_COOKIE}`);
}

/** The application's field; null when it says nothing. */
function ownOf(headers: ResponseHeaders, name: string): string | null {
  const own = headers.get(name);
  return own === null || own.trim() === '' ? null : own;
}

/** Whether a list has one of these members, in any case. */
function hasAny(list: string, members: readonly string[]): boolean {
  const found = list.split(',').map((member) => member.trim().toLowerCase());
  return members.some((member) => found.includes(member.toLowerCase()));
}

/**
 * Warns when a commit has a new token for the browser after the headers were sent.
 * @param known the `Set-Cookie` that was sent and the `Cookie` that was received: their tokens are not new
 */
export function warnOfLateCookie(fields: CommitHeaders, known: (string | null | undefined)[]): void {
  const pair = fields['set-cookie']?.split(';', 1)[0];
  if (pair === undefined || pair.endsWith('=') || known.some((text) => text?.includes(pair))) return;
  warn(
    'MOIN_SESSIONS_LATE_COOKIE',
    "a session's token changed after the response had begun, so the browser did not get the new one; rotate or log in before the first byte",
  );
}
