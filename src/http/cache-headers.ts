/** Keeps caches that do not know `private` from storing the cookie (RFC 9111, section 5.2.2.4). */
const NO_COOKIE = 'no-cache="Set-Cookie"';

/** `Cache-Control` of a response that concerns one visitor alone (spec 4). */
export const PERSONAL = `private, ${NO_COOKIE}`;

/**
 * `Cache-Control` of a response with a cookie: caches do not store the cookie. `no-store`, and `no-cache` without a field
 * name, are stricter (RFC 9111, section 5.2.2).
 */
export function keepCookieOut(cacheControl: string): string {
  const directives = membersOf(cacheControl).map((directive) => directive.toLowerCase());
  const isKept = ['no-store', 'no-cache', NO_COOKIE.toLowerCase()].some((strict) =>
    directives.includes(strict),
  );
  return isKept ? cacheControl : `${cacheControl}, ${NO_COOKIE}`;
}

/** `Vary` with the members of `added` that it lacks. `*` contains all (RFC 9110, section 12.5.5). */
export function addedVary(own: string, added: string): string {
  const names = membersOf(own).map((name) => name.toLowerCase());
  const missing = membersOf(added).filter((name) => !names.includes(name.toLowerCase()));
  return names.includes('*') || missing.length === 0 ? own : [...membersOf(own), ...missing].join(', ');
}

/** The members of a comma-separated list. Quoted commas do not occur in these two fields. */
function membersOf(list: string): string[] {
  return list
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
}
