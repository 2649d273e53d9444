import { type FileName, textOfName } from '../files/names.js';
import { quotedEnd, skipSpace, unquote } from './simple-cookie.js';

/** Names that are attributes of a cookie, never cookies. */
const RESERVED = /^(expires|path|comment|max-age|secure|httponly|version)$/i;

/**
 * The cookies that MoinMoin 1.9 finds in a `Cookie` header. A part without `=` is skipped. Takes time in proportion to the length.
 * @param header its bytes, one character each
 */
export function parseCookies19(header: string): [name: string, value: FileName][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at < header.length; ) {
    const end = endOf(header, at);
    const equals = header.slice(at, end).indexOf('=');
    if (equals > 0) {
      const name = trim(header.slice(at, at + equals));
      if (!RESERVED.test(name))
        pairs.push([textOfName(unquote(name)), unquote(trim(header.slice(at + equals + 1, end)))]);
    }
    at = end + 1;
  }
  return pairs;
}

/** Where the cookie that begins there ends: at a semicolon outside of a value that is quoted from end to end. */
function endOf(text: string, start: number): number {
  const semicolon = indexOr(text.indexOf(';', start), text.length);
  const equals = text.slice(start, semicolon).indexOf('=');
  if (equals === -1) return semicolon;
  const value = skipSpace(text, start + equals + 1);
  if (text[value] !== '"') return semicolon;
  const close = quotedEnd(text, value);
  if (close === null) return semicolon;
  const end = skipSpace(text, close);
  return end === text.length || text[end] === ';' ? end : semicolon;
}

function indexOr(index: number, otherwise: number): number {
  return index === -1 ? otherwise : index;
}

/** Takes off white space of ASCII alone: others are bytes of letters. */
function trim(text: string): string {
  return text.replace(/^[ \t\n\r\f\v]+/, '').replace(/[ \t\n\r\f\v]+$/, '');
}
