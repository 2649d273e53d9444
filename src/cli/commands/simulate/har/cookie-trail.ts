import { parseCookieHeader } from '../../../../http/cookie-header.js';
import { isHostIn, isPathIn } from '../../../../http/set-cookie.js';
import type { HarEntry } from './archive.js';

/** The session cookie that the last answer of an archive set or deleted. */
interface LastCookie {
  /** Null: it was deleted. */
  value: string | null;
  by: HarEntry;
  attributes: ReadonlyMap<string, string>;
  /** A request without it was reported already. */
  isMissed: boolean;
}

/** What happened to the session cookie at one request. */
export interface CookieEvents {
  isSent: boolean;
  answer: 'set' | 'delete' | null;
  /** In sentences, without values. */
  findings: string[];
}

/** Follows the session cookie through an archive: is what one answer sets what the next request sends? */
export class CookieTrail {
  readonly #name: string;
  readonly #last = new Map<string, LastCookie>();

  constructor(cookieName: string) {
    this.#name = cookieName;
  }

  /** Call it with the entries in order. */
  follow(entry: HarEntry): CookieEvents {
    const pairs = parseCookieHeader(entry.headers.cookie);
    const sent = pairs.filter(([name]) => name === this.#name).map(([, value]) => value);
    const findings = this.#findings(entry, sent);
    const answer = this.#answer(entry);
    if (answer === 'delete' && sent.length > 0)
      findings.push(`the answer deleted the cookie, which this request had sent`);
    return { isSent: sent.length > 0, answer, findings };
  }

  #findings(entry: HarEntry, sent: readonly string[]): string[] {
    const last = this.#lastFor(entry);
    // A request that began before the answer came could not know of it.
    if (last === undefined || last.value === null || last.isMissed || !(last.by.endedAt <= entry.startedAt))
      return [];
    if (sent.includes(last.value)) return [];
    last.isMissed = true;
    const by = `that the answer to entry ${last.by.number} had set`;
    if (sent.length > 0) return [`this request sent another ${this.#name} than the one ${by}`];
    return [`this request did not send the cookie ${this.#name} ${by}: ${whyMissing(last, entry)}`];
  }

  /** The cookie that a browser would send here, if it took it. */
  #lastFor({ url }: HarEntry): LastCookie | undefined {
    return [...this.#last.values()].findLast(({ by, attributes }) => {
      const domain = attributes.get('domain');
      const isOfHost = domain ? isHostIn(url.host, domain) : url.hostname === by.url.hostname;
      return isOfHost && isPathIn(url.pathname, attributes.get('path') || '/');
    });
  }

  #answer(entry: HarEntry): CookieEvents['answer'] {
    let answer: CookieEvents['answer'] = null;
    for (const field of entry.setCookies) {
      const [pair = '', ...rest] = field.split(';');
      const [name, value = ''] = parseCookieHeader(pair)[0] ?? [pair.slice(0, pair.indexOf('=')).trim()];
      if (name !== this.#name) continue;
      const attributes = attributesOf(rest);
      answer = value === '' || isOver(attributes, entry.startedAt) ? 'delete' : 'set';
      const place = `${attributes.get('domain') ?? entry.url.hostname} ${attributes.get('path') ?? '/'}`;
      this.#last.delete(place);
      this.#last.set(place, {
        value: answer === 'set' ? value : null,
        by: entry,
        attributes,
        isMissed: false,
      });
    }
    return answer;
  }
}

function attributesOf(texts: readonly string[]): Map<string, string> {
  return new Map(
    texts.map((text) => {
      const [name = '', ...value] = text.split('=');
      return [name.trim().toLowerCase(), value.join('=').trim()];
    }),
  );
}

function isOver(attributes: ReadonlyMap<string, string>, now: number): boolean {
  const age = attributes.get('max-age');
  if (age !== undefined && /^-?\d+$/.test(age)) return Number(age) <= 0;
  return Date.parse(attributes.get('expires') ?? '') <= (Number.isNaN(now) ? 0 : now);
}

/** Why a browser did not send it, as far as the archive tells. */
function whyMissing({ by, attributes }: LastCookie, { url, headers }: HarEntry): string {
  const domain = attributes.get('domain');
  const sameSite = attributes.get('samesite')?.toLowerCase();
  if (domain && !isHostIn(by.url.host, domain))
    return `${by.url.hostname} may set no cookie for the domain ${domain}`;
  if (attributes.has('secure') && by.url.protocol === 'http:' && !isLocal(by.url))
    return 'it is Secure, but was set by HTTP, where browsers ignore it';
  if (attributes.has('secure') && url.protocol === 'http:' && !isLocal(url))
    return 'it is Secure, and this request went by HTTP';
  if (sameSite === 'none' && !attributes.has('secure'))
    return 'it is SameSite=None without Secure, which browsers refuse';
  if (sameSite !== 'none' && headers['sec-fetch-site'] === 'cross-site')
    return `it is SameSite=${sameSite === 'strict' ? 'Strict' : 'Lax'}, and another site sent this request`;
  return 'the browser blocked or deleted it, or a page fetched without credentials';
}

/** Browsers take Secure cookies from these by HTTP. */
function isLocal({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '127.0.0.1';
}
