/** The headers of a response, as far as a commit touches them. */
export interface ResponseHeaders {
  get(name: string): string | null;
  set(name: string, value: string): void;
  append(name: string, value: string): void;
}

/** What `visit.commit()` gives. */
export type CommitHeaders = Readonly<Record<string, string>>;

/** Adds a commit's headers to the application's own, and takes nothing of those away. */
export function addCommitHeaders(headers: ResponseHeaders, fields: CommitHeaders): void {
  for (const [name, value] of Object.entries(fields)) {
    if (name === 'set-cookie') headers.append(name, value);
    else if (name === 'vary') headers.set(name, mergedVary(headers.get(name), value));
    else if (name === 'cache-control') headers.set(name, mergedCacheControl(headers.get(name), value));
    else headers.set(name, value);
  }
}

function mergedVary(own: string | null, added: string): string {
  if (own === null || own.trim() === '') return added;
  const names = own.split(',').map((name) => name.trim().toLowerCase());
  return names.includes('*') || names.includes(added.toLowerCase()) ? own : `${own}, ${added}`;
}

/** `no-store`, and a `no-cache` without a field name, already say more than we do (RFC 9111, section 5.2.2). */
function mergedCacheControl(own: string | null, added: string): string {
  if (own === null || own.trim() === '') return added;
  const directives = own.split(',').map((directive) => directive.trim().toLowerCase());
  const isStricter = ['no-store', 'no-cache', added.toLowerCase()].some((said) => directives.includes(said));
  return isStricter ? own : `${own}, ${added}`;
}

/**
 * Warns when a commit after the headers have gone wants to hand out a token that the browser has not got: it can no
 * longer be told.
 * @param known the `Set-Cookie` that was sent, and the `Cookie` that came
 */
export function warnOfLateCookie(fields: CommitHeaders, known: (string | null | undefined)[]): void {
  const pair = fields['set-cookie']?.split(';', 1)[0];
  if (pair === undefined || pair.endsWith('=') || known.some((text) => text?.includes(pair))) return;
  process.emitWarning(
    "a session's token changed after the response had begun, so the browser was not told; rotate or log in before the first byte",
    { type: 'MoinSessionsWarning', code: 'MOIN_SESSIONS_LATE_COOKIE' },
  );
}
