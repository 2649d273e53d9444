import { UsageError } from '../../../../base/errors.js';
import { isJsonObject } from '../../../../base/json.js';
import { parseCookieHeader } from '../../../../http/cookie-header.js';

/** A request of an HTTP archive with its answer, as far as sessions are concerned. */
export interface HarEntry {
  /** The place in the archive, from 1. */
  number: number;
  /** In ms since 1970; NaN when the archive does not say. */
  startedAt: number;
  endedAt: number;
  method: string;
  url: URL;
  /** By lower-case name. */
  headers: Record<string, string>;
  /** Null if there is none, or none that is text. */
  body: string | null;
  /** Null when no answer came. */
  status: number | null;
  /** `Set-Cookie` fields of the answer. */
  setCookies: string[];
}

/** What stands in an archive (HAR 1.2). */
export interface HttpArchive {
  entries: HarEntry[];
  /** How many entries are no requests of http or https. */
  skipped: number;
}

/** @throws UsageError of one line that quotes nothing */
export function readArchive(text: string): HttpArchive {
  const entries = entriesIn(parsed(text.replace(/^\ufeff/, '')));
  const read = entries.map((entry, index) => readEntry(entry, index + 1)).filter((entry) => entry !== null);
  if (read.length === 0) throw new UsageError('--har: the archive has no request by http or https in it');
  // Firefox writes entries in the order in which they ended.
  const isTimed = read.every(({ startedAt }) => !Number.isNaN(startedAt));
  if (isTimed) read.sort((a, b) => a.startedAt - b.startedAt || a.number - b.number);
  return { entries: read, skipped: entries.length - read.length };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      "--har: this is no HTTP archive, which is JSON: choose 'Save all as HAR' in the browser",
      {
        cause: error instanceof Error ? new Error(error.name) : undefined,
      },
    );
  }
}

function entriesIn(archive: unknown): unknown[] {
  const entries = field(field(archive, 'log'), 'entries');
  if (Array.isArray(entries)) return entries;
  throw new UsageError(
    "--har: this JSON is no HTTP archive, for it has no log.entries: choose 'Save all as HAR' in the browser",
  );
}

function readEntry(entry: unknown, number: number): HarEntry | null {
  const request = field(entry, 'request');
  const response = field(entry, 'response');
  const url = textOf(request, 'url');
  if (!/^https?:/i.test(url) || !URL.canParse(url)) return null;
  const startedAt = Date.parse(textOf(entry, 'startedDateTime'));
  const time = field(entry, 'time');
  const status = field(response, 'status');
  const headers = headersOf(request, new URL(url));
  return {
    number,
    startedAt,
    endedAt: startedAt + (typeof time === 'number' && time > 0 ? time : 0),
    method: textOf(request, 'method').toUpperCase() || 'GET',
    url: new URL(url),
    headers,
    body: bodyOf(field(request, 'postData')),
    status: typeof status === 'number' && status > 0 ? status : null,
    setCookies: setCookiesOf(response),
  };
}

/** `Cookie` comes from the list of cookies where the headers lack it. Other pseudo headers of HTTP/2 are no headers. */
function headersOf(request: unknown, url: URL): Record<string, string> {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairsIn(field(request, 'headers'))) {
    const key = name.toLowerCase();
    if (key.startsWith(':')) continue;
    const list = values.get(key);
    if (list === undefined) values.set(key, [value]);
    else list.push(value);
  }
  const joined = [...values].map(([name, list]) => [name, list.join(name === 'cookie' ? '; ' : ', ')]);
  const headers: Record<string, string> = { host: url.host, ...Object.fromEntries(joined) };
  const cookies = pairsIn(field(request, 'cookies'));
  if (headers.cookie === undefined && cookies.length > 0)
    headers.cookie = cookies.map(([name, value]) => `${name}=${value}`).join('; ');
  return headers;
}

/** The `Set-Cookie` fields. Firefox joins several by line breaks. */
function setCookiesOf(response: unknown): string[] {
  return pairsIn(field(response, 'headers'))
    .filter(([name]) => name.toLowerCase() === 'set-cookie')
    .flatMap(([, value]) => value.split('\n'))
    .filter((text) => parseCookieHeader(text).length > 0 || text.includes('='));
}

/** The text of a body, or the fields of a form that is given by its fields alone. */
function bodyOf(postData: unknown): string | null {
  const text = textOf(postData, 'text');
  if (text !== '') return text;
  const fields = pairsIn(field(postData, 'params'));
  return fields.length === 0 ? null : new URLSearchParams(fields).toString();
}

/** The pairs of a list of `{ name, value }`. Leaves out what is none. */
function pairsIn(list: unknown): [string, string][] {
  if (!Array.isArray(list)) return [];
  return list
    .map((item): [string, string] => [textOf(item, 'name'), textOf(item, 'value')])
    .filter(([name]) => name !== '');
}

function textOf(value: unknown, key: string): string {
  const text = field(value, key);
  return typeof text === 'string' ? text : '';
}

function field(value: unknown, key: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
