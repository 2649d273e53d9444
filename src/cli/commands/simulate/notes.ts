import type { SessionsOptions } from '../../../config/options.js';
import type { Settings } from '../../../config/settings.js';
import { headerField, joinedField } from '../../../http/header.js';
import { pathOf } from '../../../http/url.js';
import { isAlwaysSecure } from '../../../session/cookie/attributes.js';
import type { RequestOptions } from './flags.js';
import { arriving, type BrowserRequest } from './request.js';

/** The header of `remote_user`, unless the configuration names another one. */
const REMOTE_USER_HEADER = 'x-remote-user';

/** The methods that read no `Authorization`. */
const WITHOUT_CREDENTIALS = [
  'moin_login',
  'moin_session',
  'moin_anon_session',
  'remote_user',
  'ssl_client_cert',
  'log',
];

/** The header that `remote_user` reads, as far as the configuration says it. */
export function remoteUserHeader({ auth }: Pick<SessionsOptions, 'auth'>): string {
  for (const entry of auth ?? [])
    if (typeof entry === 'object' && 'method' in entry && entry.method === 'remote_user')
      return typeof entry.from === 'string' ? entry.from.toLowerCase() : REMOTE_USER_HEADER;
  return REMOTE_USER_HEADER;
}

/** What of the request has no effect at this site, in sentences. */
export function notesOn(request: BrowserRequest, options: RequestOptions, settings: Settings): string[] {
  return [
    ...methodNotes(options, settings),
    ...credentialNotes(request, options, settings),
    ...loginNotes(request, options, settings),
    ...proxyNotes(request, options, settings),
    ...schemeNotes(options, settings),
  ];
}

function methodNotes({ basic, remoteUser, logout }: RequestOptions, settings: Settings): string[] {
  const lacks = (name: string) => !settings.methods.some((method) => method.name === name);
  const missing = [
    basic !== undefined && lacks('http_basic') && ['--basic', 'http_basic'],
    remoteUser !== undefined && lacks('remote_user') && ['--remote-user', 'remote_user'],
    logout && lacks('moin_session') && ['--logout', 'moin_session'],
  ].filter((entry) => typeof entry === 'object');
  return missing.map(([flag, method]) => `${flag} has no effect: there is no ${method} in 'auth'`);
}

/** Name and password of `-u`, of the URL, or of a header that was copied. A method of the application's own may read them. */
function credentialNotes(
  { headers = {} }: BrowserRequest,
  { basic }: RequestOptions,
  { methods }: Settings,
): string[] {
  const isRead = !methods.every(({ name }) => WITHOUT_CREDENTIALS.includes(name));
  const sent = joinedField(headerField(headers, 'authorization')) ?? '';
  if (basic !== undefined || isRead || !/^basic /i.test(sent)) return [];
  return ["the header Authorization has no effect: there is no http_basic in 'auth'"];
}

function loginNotes(
  { form, body, url, method }: BrowserRequest,
  options: RequestOptions,
  { methods }: Settings,
): string[] {
  const has = (name: string) => methods.some((one) => one.name === name);
  const source = options.login ? '--login' : 'the login form';
  const takesLogins =
    has('moin_login') || methods.some(({ logsIn, name }) => logsIn && name !== 'from_express_session');
  if (form.login && !has('moin_session'))
    return [`${source} has no effect: there is no moin_session in 'auth', so no login lasts`];
  if (form.login && !takesLogins)
    return [`${source} has no effect: there is no moin_login in 'auth', nor another method that logs in`];
  const isForm = typeof body === 'object' && body !== null && ('login' in body || 'logout' in body);
  if (!isForm || form.login || form.logout) return [];
  const path = pathOf(url ?? '/') ?? '/';
  return [
    method === 'POST'
      ? `the form is not read as a login: login forms count at the application's loginPaths alone; if ${path} is one of them, add --login-path ${path}`
      : 'the form is not read as a login: login forms count by POST alone',
  ];
}

function proxyNotes(request: BrowserRequest, options: RequestOptions, { trusted }: Settings): string[] {
  const { remoteAddress, headers = {} } = arriving(request, options);
  if (trusted(remoteAddress)) return [];
  if (options.proxy !== undefined)
    return [
      `--proxy has no effect on address, scheme and host: 'trustProxy' does not name ${options.proxy}, so its X-Forwarded headers are ignored`,
    ];
  const names = Object.keys(headers).filter((name) =>
    /^(x-forwarded-(for|proto|host)|forwarded)$/.test(name),
  );
  if (names.length === 0) return [];
  return [
    `${names.join(', ')} ${names.length === 1 ? 'has' : 'have'} no effect: 'trustProxy' does not name ${remoteAddress}`,
  ];
}

function schemeNotes({ https, curl, har }: RequestOptions, settings: Settings): string[] {
  const { cookieSecure } = settings;
  if (https && cookieSecure !== undefined)
    return [`--https does not decide whether the cookie is Secure: 'cookieSecure' is ${cookieSecure}`];
  if (!https && curl === undefined && har === undefined && isAlwaysSecure(settings))
    return ['the cookie is always Secure here: a browser takes it by HTTPS alone, so add --https'];
  return [];
}
