import { parseCookieHeader } from '../../http/cookie-header.js';
import type { WikiRequest } from './view.js';

/** The most names of other cookies to report. */
const MOST_OTHERS = 1000;

/**
 * The `Cookie` header as MoinMoin gets it, one character for each byte, and the names of the cookies that it does not ask for.
 * @param separator what the server puts between several headers
 */
export function headerText(
  cookie: WikiRequest['cookie'],
  separator: string,
  isOurs: string | ((name: string) => boolean),
): { header: string; others: string[] } {
  const text = typeof cookie === 'string' ? cookie : (cookie ?? []).join(separator);
  const ours = typeof isOurs === 'string' ? (name: string) => name === isOurs : isOurs;
  const names = new Set(parseCookieHeader(text).map(([name]) => name));
  const others = [...names].filter((name) => !ours(name)).slice(0, MOST_OTHERS);
  return { header: Buffer.from(text).toString('latin1'), others };
}
