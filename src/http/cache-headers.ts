/** Keeps caches that do not know `private` from storing the cookie (RFC 9111, section 5.2.2.4). */
const NO_COOKIE = 'no-cache="Set-Cookie"';

/** `Cache-Control` of a response that concerns one visitor alone (spec 4). */
export const PERSONAL = `private, ${NO_COOKIE}`;

/**
 * `Cache-Control` of a response with a cookie: caches do not store the cookie. `no-store`, and `no-cache` without a field
 * name, are stricter (RFC 9111, section 5.2.2).
 */
export function keepCookieOut(cacheControl: string): string {
  const directives = namesOf(cacheControl);
  const isKept = ['no-store', 'no-cache', NO_COOKIE.toLowerCase()].some((strict) =>
    directives.includes(strict),
  );
  return isKept ? cacheControl : `${cacheControl}, ${NO_COOKIE}`;
}

/** Whether nothing of the response may be stored. */
export function forbidsStoring(cacheControl: string): boolean {
  return namesOf(cacheControl).includes('no-store');
}

/**
 * A `Cache-Control` that is at least as strict as another one: a `no-store`, `private` or `no-cache` of the other stays.
 * @param own counts otherwise; empty if there is none
 */
export function asStrictAs(other: string, own: string): string {
  if (forbidsStoring(own)) return own;
  if (own === '' || forbidsStoring(other)) return other;
  const has = namesOf(own);
  const added = namesOf(other).filter(
    (name) => ['private', 'no-cache'].includes(name) && !has.includes(name),
  );
  const isPrivate = added.includes('private');
  // A cache that takes the first of two directives must not take `public`.
  const kept = membersOf(own).filter((directive) => !isPrivate || !/^(?:public|s-maxage)\b/i.test(directive));
  return [...added, ...kept].join(', ');
}

/** `Vary` with the members of `added` that it lacks. `*` contains all (RFC 9110, section 12.5.5). */
export function addedVary(own: string, added: string): string {
  const names = namesOf(own);
  const missing = membersOf(added).filter((name) => !names.includes(name.toLowerCase()));
  return names.includes('*') || missing.length === 0 ? own : [...membersOf(own), ...missing].join(', ');
}

function namesOf(list: string): string[] {
  return membersOf(list).map((member) => member.toLowerCase());
}

/** The members of a comma-separated list. Quoted commas do not occur in these two fields. */
function membersOf(list: string): string[] {
  return list
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
}
