import type { FileName } from '../files/names.js';

/** Cookies in the order of a header. Texts have one character for each byte (latin1). */
export interface ParsedCookies {
  pairs: [name: string, value: FileName][];
  /** Where an illegal cookie stopped the reading, counted in cookies from 1; null when all was read. */
  stoppedAt: number | null;
}

/** Characters that a name may have while it is read; `=` ends it. */
const KEY = /[\w!#%&'~`><@,:/$*+\-.^|)(?}{=]/;
const VALUE = /[\w!#%&'~`><@,:/$*+\-.^|)(?}{=[\]]/;
/** Characters that a name may have at last: another one is an error. */
const TOKEN = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/;
const SPACE = /[ \t\n\r\f\v]/;
/** A date without quotes, in a value. */
const DATE = /\w{3},[ \t\n\r\f\v][ \t\n\r\f\v\w-]{9,11}[ \t\n\r\f\v][\d:]{8}[ \t\n\r\f\v]GMT/y;
/** Names that are attributes of a cookie, never cookies. */
const RESERVED = /^(expires|path|comment|domain|max-age|secure|httponly|version)$/i;

/**
 * The cookies that MoinMoin 1.6 finds in a `Cookie` header: `SimpleCookie` of Python 2.7.18, which stops at the first cookie
 * that it takes for illegal and hides all behind it (docs/moinmoin.md, "Why does a login not stick?"). Takes time in proportion to the length.
 * @param header its bytes, one character each
 */
export function parseSimpleCookie(header: string): ParsedCookies {
  const pairs: [string, string][] = [];
  let at = 0;
  for (let count = 1; at < header.length; count++) {
    const found = cookieAt(header, skipSpace(header, at));
    if (found === null || !isLegal(found)) return { pairs, stoppedAt: count };
    if (found.value !== null && !isAttribute(found.name)) pairs.push([found.name, unquote(found.value)]);
    at = found.end;
  }
  return { pairs, stoppedAt: null };
}

interface FoundCookie {
  name: string;
  /** Null for a name alone. */
  value: string | null;
  /** Where the next cookie begins. */
  end: number;
}

function isAttribute(name: string): boolean {
  return name.startsWith('$') || RESERVED.test(name);
}

/** A name alone is skipped whatever it is. */
function isLegal({ name, value }: FoundCookie): boolean {
  return value === null || isAttribute(name) || TOKEN.test(name);
}

function cookieAt(text: string, start: number): FoundCookie | null {
  const keyEnd = skipAll(text, start, KEY);
  if (keyEnd === start) return null;
  // The shortest name that leaves a value counts, and a name has one character at least.
  const equals = text.slice(start + 1, keyEnd).indexOf('=');
  const first = equals === -1 ? null : start + 1 + equals;
  const beforeEquals = skipSpace(text, keyEnd);
  if (first === null && text[beforeEquals] === '=') return withValue(text, start, keyEnd, beforeEquals);
  if (first === null) return endingAt(text, keyEnd, { name: text.slice(start, keyEnd), value: null });
  const found = withValue(text, start, first, first);
  if (found !== null || text[keyEnd] !== '"' || text[keyEnd - 1] !== '=' || keyEnd - 1 === first)
    return found;
  return withValue(text, start, keyEnd - 1, keyEnd - 1);
}

/** The cookie whose `=` is there. */
function withValue(text: string, start: number, nameEnd: number, equals: number): FoundCookie | null {
  const name = text.slice(start, nameEnd);
  const at = skipSpace(text, equals + 1);
  for (const end of valueEnds(text, at)) {
    const found = endingAt(text, end, { name, value: text.slice(at, end) });
    if (found !== null) return found;
  }
  // Without a value that ends well, the space behind the equals sign ends an empty one.
  return at > equals + 1 ? { name, value: '', end: at } : null;
}

/** Where the value may end, the best first: quoted text, a date, a word. */
function* valueEnds(text: string, at: number): Generator<number> {
  if (text[at] === '"') {
    const end = quotedEnd(text, at);
    if (end !== null) yield end;
    return yield at;
  }
  DATE.lastIndex = at;
  if (DATE.test(text)) yield DATE.lastIndex;
  yield skipAll(text, at, VALUE);
}

/** Behind the quote that ends the text whose first quote is there; null if none does. */
export function quotedEnd(text: string, start: number): number | null {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return at + 1;
    if (text[at] !== '\\') continue;
    at += 1;
    if (text[at] === '\n') return null;
  }
  return null;
}

/** The cookie if space, a semicolon or the end of the header follows. */
function endingAt(text: string, end: number, cookie: Omit<FoundCookie, 'end'>): FoundCookie | null {
  const next = skipSpace(text, end);
  if (next < text.length && text[next] === ';') return { ...cookie, end: next + 1 };
  return next > end || next >= text.length ? { ...cookie, end: next } : null;
}

/** The first place from there on that is no white space. */
export function skipSpace(text: string, at: number): number {
  return skipAll(text, at, SPACE);
}

function skipAll(text: string, start: number, kind: RegExp): number {
  let at = start;
  while (at < text.length && kind.test(text[at] as string)) at += 1;
  return at;
}

/** Takes off the quotes and the escapes: `\"`, `\\` and `\303`. */
export function unquote(value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value;
  return value
    .slice(1, -1)
    .replace(/\\(?:([0-3][0-7][0-7])|([^\n]))/g, (_all, octal: string | undefined, plain: string) =>
      octal === undefined ? plain : String.fromCharCode(Number.parseInt(octal, 8)),
    );
}
