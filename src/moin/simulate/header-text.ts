import { parseCookieHeader } from '../../http/cookie-header.js';
import { foreignCookie } from './foreign-cookie.js';
import type { WikiRequest } from './view.js';

/** The most names of other cookies to report. */
const MOST_OTHERS = 1000;

/** A `Cookie` header as MoinMoin gets it. */
interface HeaderText {
  /** One character for each byte. */
  header: string;
  /** The names of the cookies that MoinMoin does not ask for. */
  others: string[];
  /** That one of these is of another program, in a sentence; null if none is. */
  foreign: string | null;
}

/**
 * The `Cookie` header as MoinMoin gets it.
 * @param separator what the server puts between several headers
 */
export function headerText(
  cookie: WikiRequest['cookie'],
  separator: string,
  isOurs: string | ((name: string) => boolean),
): HeaderText {
  const text = typeof cookie === 'string' ? cookie : (cookie ?? []).join(separator);
  const ours = typeof isOurs === 'string' ? (name: string) => name === isOurs : isOurs;
  const pairs = parseCookieHeader(text).filter(([name]) => !ours(name));
  const others = [...new Set(pairs.map(([name]) => name))].slice(0, MOST_OTHERS);
  return { header: Buffer.from(text).toString('latin1'), others, foreign: foreignCookie(pairs) };
}
