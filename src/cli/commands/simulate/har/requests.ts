import { UsageError } from '../../../../base/errors.js';
import { counted } from '../../../output/humanize.js';
import type { Recorded } from '../../../output/simulation-story.js';
import { formIn } from '../login-body.js';
import type { BrowserRequest } from '../request.js';
import { type HarEntry, readArchive } from './archive.js';
import { CookieTrail } from './cookie-trail.js';

/** A request of an archive that concerns the session cookie. */
export interface HarRequest {
  request: BrowserRequest;
  recorded: Recorded;
}

interface HarOptions {
  cookieName: string;
  loginPaths: readonly string[];
  /** All requests whose URL contains this text; undefined: those that send, miss or get the cookie, and login forms. */
  urlPart: string | undefined;
}

/**
 * The requests of an HTTP archive that concern the session cookie, in order, and what is to be said of the archive.
 * @throws UsageError when there is none
 */
export function harRequests(text: string, options: HarOptions): { requests: HarRequest[]; notes: string[] } {
  const { cookieName, urlPart } = options;
  const { entries, skipped } = readArchive(text);
  const trail = new CookieTrail(cookieName);
  const requests: HarRequest[] = [];
  for (const entry of entries) {
    const events = trail.follow(entry);
    const request = requestOf(entry, options.loginPaths);
    const isOurs = events.isSent || events.answer !== null || events.findings.length > 0 || isForm(request);
    if (urlPart === undefined ? !isOurs : !entry.url.href.includes(urlPart)) continue;
    const { answer, findings } = events;
    requests.push({ request, recorded: { ...recordedOf(entry), answer, findings } });
  }
  if (requests.length === 0) throw nothingFound(entries, options);
  const notes = hasCookies(entries) ? [] : [STRIPPED];
  if (skipped > 0)
    notes.push(
      `${counted(skipped, 'entry', 'entries')} of the archive ${skipped === 1 ? 'is no request' : 'are no requests'} by http or https`,
    );
  return { requests, notes };
}

const STRIPPED =
  'the archive holds no cookies at all: browsers leave them out, unless you export it with sensitive data (Chrome: Settings of the developer tools, Network)';

function nothingFound(entries: readonly HarEntry[], { cookieName, urlPart }: HarOptions): UsageError {
  if (urlPart !== undefined)
    return new UsageError('--har: no request of the archive has the text of --har-url in its URL');
  if (!hasCookies(entries)) return new UsageError(`--har: ${STRIPPED}; or name requests with --har-url TEXT`);
  return new UsageError(
    `--har: no request of the archive sends or gets a cookie ${cookieName}: name requests with --har-url TEXT`,
  );
}

function hasCookies(entries: readonly HarEntry[]): boolean {
  return entries.some(({ headers, setCookies }) => headers.cookie !== undefined || setCookies.length > 0);
}

function isForm({ form }: BrowserRequest): boolean {
  return form.login === true || form.logout === true;
}

function requestOf({ method, url, headers, body }: HarEntry, loginPaths: readonly string[]): BrowserRequest {
  const request = { method, url: url.pathname + url.search, headers, secure: url.protocol === 'https:' };
  return { ...request, ...formIn(request, body, loginPaths) };
}

/** A query may hold the token of a magic link, and a URL a password. */
function recordedOf({
  number,
  startedAt,
  method,
  url,
  status,
}: HarEntry): Omit<Recorded, 'answer' | 'findings'> {
  return {
    entry: number,
    startedAt: Number.isNaN(startedAt) ? null : new Date(startedAt).toISOString(),
    method,
    url: url.origin + url.pathname,
    status,
  };
}
