import { UsageError } from '../../../../base/errors.js';

/** What a curl command says of a request, in the order of its arguments. */
export interface CurlArguments {
  urls: string[];
  headers: string[];
  cookies: string[];
  /** Bodies of `--data…`; null for one that curl would read from a file or send as `multipart/form-data`. */
  data: (string | null)[];
  isJson: boolean;
  /** `--get`: data goes to the URL. */
  isGet: boolean;
  isHead: boolean;
  method?: string;
  user?: string;
  userAgent?: string;
  referer?: string;
}

/** The options of curl with a value: what they do here. */
const WITH_VALUE: Readonly<Record<string, (found: CurlArguments, value: string) => void>> = {
  header: ({ headers }, value) => headers.push(value),
  cookie: ({ cookies }, value) => cookies.push(value),
  data: ({ data }, value) => data.push(value.startsWith('@') ? null : value),
  'data-raw': ({ data }, value) => data.push(value),
  'data-urlencode': ({ data }, value) => data.push(urlencoded(value)),
  form: ({ data }) => data.push(null),
  json: (found, value) => {
    found.isJson = true;
    found.data.push(value.startsWith('@') ? null : value);
  },
  url: ({ urls }, value) => urls.push(value),
  request: (found, value) => {
    found.method = value;
  },
  user: (found, value) => {
    found.user = value;
  },
  'user-agent': (found, value) => {
    found.userAgent = value;
  },
  referer: (found, value) => {
    found.referer = value;
  },
  config: () => {
    throw new UsageError('--curl: -K names a file of options, which is not read: put them into the command');
  },
};
/** Options with a value that says nothing of what the server gets. */
const IGNORED_WITH_VALUE = new Set(
  'output max-time connect-timeout max-redirs resolve connect-to cacert capath cert key cookie-jar write-out retry retry-delay interface range ciphers tls-max proxy noproxy limit-rate keepalive-time dump-header trace trace-ascii'.split(
    ' ',
  ),
);
const FLAGS = new Set(
  'compressed insecure silent show-error include location verbose fail fail-with-body globoff get head http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 ssl-reqd ipv4 ipv6 no-buffer no-keepalive path-as-is progress-bar disable basic remote-name post301 post302 post303 location-trusted'.split(
    ' ',
  ),
);
const SAME: Readonly<Record<string, string>> = {
  'data-ascii': 'data',
  'data-binary': 'data',
  'form-string': 'form',
};
const SHORT: Readonly<Record<string, string>> = {
  H: 'header',
  b: 'cookie',
  d: 'data',
  F: 'form',
  X: 'request',
  u: 'user',
  A: 'user-agent',
  e: 'referer',
  G: 'get',
  I: 'head',
  o: 'output',
  m: 'max-time',
  c: 'cookie-jar',
  w: 'write-out',
  x: 'proxy',
  E: 'cert',
  r: 'range',
  D: 'dump-header',
  K: 'config',
  k: 'insecure',
  s: 'silent',
  S: 'show-error',
  i: 'include',
  L: 'location',
  v: 'verbose',
  f: 'fail',
  g: 'globoff',
  '0': 'http1.0',
  '1': 'tlsv1',
  '4': 'ipv4',
  '6': 'ipv6',
  N: 'no-buffer',
  '#': 'progress-bar',
  q: 'disable',
  O: 'remote-name',
};

/** Reads the arguments of curl. @throws UsageError that quotes no value */
export function readArguments(words: readonly string[]): CurlArguments {
  const found: CurlArguments = {
    urls: [],
    headers: [],
    cookies: [],
    data: [],
    isJson: false,
    isGet: false,
    isHead: false,
  };
  const left = [...words].reverse();
  let isOver = false;
  for (let word = left.pop(); word !== undefined; word = left.pop()) {
    if (isOver || !word.startsWith('-') || word === '-') found.urls.push(word);
    else if (word === '--') isOver = true;
    else if (word.startsWith('--')) take(found, longName(word.slice(2)), () => left.pop());
    else takeShort(found, word.slice(1), left);
  }
  return found;
}

function longName(name: string): string {
  return SAME[name] ?? name;
}

/** Letters together, of which the last may have a value: `-sSL`, `-XPOST`. */
function takeShort(found: CurlArguments, letters: string, left: string[]): void {
  for (let at = 0; at < letters.length; at += 1) {
    const name = Object.hasOwn(SHORT, letters[at] as string) ? (SHORT[letters[at] as string] as string) : '';
    if (name === '') throw unknown(`-${letters[at]}`);
    const rest = letters.slice(at + 1);
    const hasValue = Object.hasOwn(WITH_VALUE, name) || IGNORED_WITH_VALUE.has(name);
    take(found, name, () => (rest === '' ? left.pop() : rest));
    if (hasValue) return;
  }
}

function take(found: CurlArguments, name: string, value: () => string | undefined): void {
  const isHandled = Object.hasOwn(WITH_VALUE, name);
  if (isHandled || IGNORED_WITH_VALUE.has(name)) {
    const given = value();
    if (given === undefined)
      throw new UsageError(`--curl: the option --${name} has no value: copy the whole command`);
    if (isHandled) WITH_VALUE[name]?.(found, given);
    return;
  }
  if (!FLAGS.has(name) && !FLAGS.has(name.replace(/^no-/, ''))) throw unknown(`--${name}`);
  if (name === 'get') found.isGet = true;
  if (name === 'head') found.isHead = true;
}

/** The name may be a part of a value whose quotes were lost, so only what looks like an option is repeated. */
function unknown(option: string): UsageError {
  const what = /^--[a-z][a-z0-9.-]{1,24}$|^-[a-zA-Z]$/.test(option) ? `the option ${option}` : 'an option';
  return new UsageError(`--curl: ${what} of this curl command is not known here: leave it out`);
}

/** As curl does it: `name=content`, `=content` or `content`; files are not read. */
function urlencoded(value: string): string | null {
  const [, name = '', mark, content = ''] = /^([^=@]*)([=@])([\s\S]*)$/.exec(value) ?? ['', '', '=', value];
  if (mark === '@') return null;
  return `${name === '' ? '' : `${name}=`}${encodeURIComponent(content)}`;
}
