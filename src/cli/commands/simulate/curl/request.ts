import { UsageError } from '../../../../base/errors.js';
import { formIn } from '../login-body.js';
import type { BrowserRequest } from '../request.js';
import { type CurlArguments, readArguments } from './arguments.js';
import { bashWords } from './bash-words.js';
import { cmdWords } from './cmd-words.js';

/** The marks of the form for Windows: a quoted quote behind the program's name, or lines that end with a caret. */
const FOR_WINDOWS = /^\s*curl(\.exe)?\s[^\n]*\^"|\^\r?\n/;
/** More than a browser sends to log in (characters). */
const LONGEST = 1024 * 1024;
const PROGRAM = /^(.*[\\/])?curl(\.exe)?$/i;

/**
 * The request of a curl command, as browsers copy it for bash or for Windows. The text is read as data.
 * @param loginPaths where the application takes login forms
 * @throws UsageError of one line that quotes no value, because any may be a cookie or a password
 */
export function curlRequest(text: string, loginPaths: readonly string[]): BrowserRequest {
  const words = wordsOf(text);
  const found = readArguments(words);
  const url = urlOf(found.urls);
  const body = found.data.length === 0 || found.data.includes(null) ? null : found.data.join('&');
  const method = (found.method ?? (found.isHead ? 'HEAD' : hasBody(found) ? 'POST' : 'GET')).toUpperCase();
  if (!/^[A-Z]{1,20}$/.test(method)) throw new UsageError('--curl: the method of -X is none');
  const headers = headersOf(found, url);
  const query = found.isGet && body !== null ? `${url.search === '' ? '?' : '&'}${body}` : '';
  const request = {
    method,
    url: url.pathname + url.search + query,
    headers,
    secure: url.protocol === 'https:',
  };
  return { ...request, ...formIn(request, hasBody(found) ? body : null, loginPaths) };
}

function hasBody({ data, isGet }: CurlArguments): boolean {
  return data.length > 0 && !isGet;
}

function wordsOf(text: string): string[] {
  if (text.length > LONGEST)
    throw new UsageError('--curl: the command is longer than 1 MB: copy a request without an upload');
  const plain = text.replace(/^\ufeff/, '').replace(/^\s*\$ /, '');
  if (/^\s*(Invoke-(WebRequest|RestMethod)|\$session\b|await fetch|fetch\()/.test(plain))
    throw new UsageError("--curl: this is no curl command: choose 'Copy as cURL' in the browser");
  const split = isForWindows(plain) ? cmdWords(plain) : bashWords(plain);
  if (split === null) throw new UsageError('--curl: a quote does not end: copy the whole command');
  const [program = '', ...words] = split.words;
  if (!PROGRAM.test(program))
    throw new UsageError("--curl: the text is no curl command: choose 'Copy as cURL' in the browser");
  if (/\bcurl\b/.test(split.rest))
    throw new UsageError(
      "--curl: this is more than one command: choose 'Copy as cURL', not 'Copy all as cURL'",
    );
  return words;
}

function isForWindows(text: string): boolean {
  return FOR_WINDOWS.test(text) && !/\\\r?\n/.test(text) && !/^\s*curl(\.exe)?\s+\$?'/.test(text);
}

function urlOf(urls: readonly string[]): URL {
  const [first, second] = urls;
  if (first === undefined) throw new UsageError('--curl: the command names no URL');
  if (second !== undefined)
    throw new UsageError('--curl: the command names more than one URL, or a value lost its quotes');
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(first) ? first : `http://${first}`;
  if (!URL.canParse(whole) || !/^https?:/i.test(whole))
    throw new UsageError('--curl: the URL of the command is none of http or https');
  return new URL(whole);
}

/** The headers that the server would get. Those that curl adds by itself tell nothing. */
function headersOf(found: CurlArguments, url: URL): Record<string, string> {
  const headers: Record<string, string> = { host: url.host };
  const credentials = found.user ?? credentialsIn(url);
  if (credentials !== null) headers.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
  if (found.userAgent !== undefined) headers['user-agent'] = found.userAgent;
  if (found.referer !== undefined) headers.referer = found.referer;
  if (hasBody(found))
    headers['content-type'] = found.isJson ? 'application/json' : 'application/x-www-form-urlencoded';
  const own = new Map<string, string[]>();
  for (const header of found.headers) {
    const [, name = '', value = ''] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\s\S]*)$/.exec(header) ?? [];
    if (name === '') continue;
    const key = name.toLowerCase();
    const values = own.get(key);
    if (values === undefined) own.set(key, [oneLine(value)]);
    else values.push(oneLine(value));
  }
  for (const [name, values] of own) headers[name] = values.join(name === 'cookie' ? '; ' : ', ');
  const cookies = [headers.cookie, ...found.cookies.map(cookieText)].filter(Boolean);
  if (cookies.length > 0) headers.cookie = oneLine(cookies.join('; '));
  return headers;
}

/** @throws UsageError for the name of a file, which curl would read */
function cookieText(text: string): string {
  if (text.includes('=')) return text;
  throw new UsageError('--curl: -b names a file of cookies, which is not read: put the cookies there');
}

function credentialsIn({ username, password }: URL): string | null {
  if (username === '') return null;
  try {
    return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  } catch {
    return `${username}:${password}`;
  }
}

/** @throws UsageError for a value that no header can hold */
function oneLine(value: string): string {
  if (/[\r\n\0]/.test(value)) throw new UsageError('--curl: a header has a line break in it');
  return value.trim();
}
