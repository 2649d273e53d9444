import { parseCookieHeader } from '../../../../http/cookie-header.js';
import { cookieNameAmong } from '../../../../moin/simulate/simulate.js';
import type { WikiView } from '../../../../moin/simulate/view.js';
import { readArchive } from './archive.js';

/** The name of the wiki's cookie, judged by all that the requests and answers of an archive bring. @throws UsageError */
export function harCookieName(text: string, view: WikiView): string {
  const { entries } = readArchive(text);
  const sent = entries.flatMap(({ headers }) => parseCookieHeader(headers.cookie));
  const set = entries.flatMap(({ setCookies }) =>
    setCookies.flatMap((field) => parseCookieHeader(field.split(';', 1)[0]).slice(0, 1)),
  );
  return cookieNameAmong(view, [...sent, ...set], entries[0]?.url ?? null);
}
