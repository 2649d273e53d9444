import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { UsageError } from '../../../base/errors.js';
import type { IncomingRequest, LoginForm } from '../../../http/request.js';
import type { CliContext } from '../../context.js';
import { type PasswordOptions, readPassword } from '../../input/password.js';

/** The flags of `simulate` that describe the request. */
export interface RequestOptions extends PasswordOptions {
  cookie?: string[];
  cookieFile?: string;
  login?: boolean;
  name?: string;
  rememberMe?: boolean;
  logout?: boolean;
  basic?: string;
  remoteUser?: string;
  header?: string[];
  https?: boolean;
  address?: string;
}

/** The header that a reverse proxy sets to the name of the user. */
const REMOTE_USER_HEADER = 'x-remote-user';

/**
 * Builds the request that flags, files and stdin describe.
 * @param cookieName the cookie name of the site, used when only the value of a cookie is given
 * @throws UsageError
 */
export async function requestOf(
  context: CliContext,
  options: RequestOptions,
  cookieName: string,
): Promise<IncomingRequest> {
  const { address, https = false, login, basic } = options;
  const asksPassword = login === true || basic !== undefined;
  const cookies = await cookieHeader(context, options, cookieName);
  const password = asksPassword ? await readPassword(context, options) : '';
  return {
    method: login || options.logout ? 'POST' : 'GET',
    headers: headersOf(options, cookies, password),
    remoteAddress: address ?? '127.0.0.1',
    secure: https,
    form: formOf(options, password),
  };
}

/** Whether a cookie comes from stdin. On a terminal the command then asks for it. */
export function readsPaste({ cookie = [], cookieFile }: RequestOptions): boolean {
  return cookie.includes('-') || cookieFile === '-';
}

/** @throws UsageError when flags contradict each other, or one lacks another */
export function assertConsistent(options: RequestOptions): void {
  const { cookie = [], cookieFile, login, name, passwordStdin, basic, address, logout } = options;
  const readers = [cookie.includes('-'), cookieFile === '-', passwordStdin].filter(Boolean).length;
  if (readers > 1)
    throw new UsageError('only one of --cookie, --cookie-file and the password can come from stdin');
  if (login && name === undefined) throw new UsageError('--login needs --name NAME');
  if (login && logout) throw new UsageError('--login and --logout exclude each other: give one of them');
  if (name !== undefined && !login)
    throw new UsageError('--name is for --login: add --login, or use --basic');
  if (passwordStdin && !login && basic === undefined)
    throw new UsageError('--password-stdin is for --login --name NAME or --basic NAME: add one of them');
  if (address !== undefined && isIP(address) === 0) throw new UsageError(`'${address}' is not an IP address`);
}

async function cookieHeader(
  context: CliContext,
  { cookie = [], cookieFile }: RequestOptions,
  cookieName: string,
): Promise<string> {
  const sources = cookieFile === undefined ? cookie : [...cookie, await fileText(context, cookieFile)];
  const texts = await Promise.all(sources.map((text) => (text === '-' ? context.stdin.read() : text)));
  return texts.map((text) => parseCookies(text, cookieName)).join('; ');
}

/** Parses a whole header, with or without its name, one `NAME=VALUE`, or the value alone. Errors do not repeat the text. */
function parseCookies(text: string, cookieName: string): string {
  const pairs = text
    .trim()
    .replace(/^cookie:\s*/i, '')
    .replaceAll(/\s*\r?\n\s*/g, '; ');
  if (/[\p{Cc}]/u.test(pairs))
    throw new UsageError('a cookie has a control character in it: give the header as the browser sent it');
  if (/^(anon|user)\.[\w.-]+$/.test(pairs)) return `${cookieName}=${pairs}`;
  if (!pairs.includes('='))
    throw new UsageError("a cookie has no name: write 'NAME=VALUE', or the whole Cookie header");
  return pairs;
}

async function fileText({ cwd }: CliContext, file: string): Promise<string> {
  if (file === '-') return file;
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read --cookie-file ${file}: check its name and permissions`, {
      cause: error,
    });
  }
}

function headersOf(options: RequestOptions, cookies: string, password: string): Record<string, string> {
  const headers = Object.fromEntries((options.header ?? []).map(parseHeader));
  if (cookies !== '') headers.cookie = [headers.cookie, cookies].filter(Boolean).join('; ');
  if (options.basic !== undefined)
    headers.authorization = `Basic ${Buffer.from(`${options.basic}:${password}`).toString('base64')}`;
  if (options.remoteUser !== undefined) headers[REMOTE_USER_HEADER] = options.remoteUser;
  return headers;
}

function parseHeader(text: string): [string, string] {
  const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*([^\r\n]*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new UsageError("a --header is none: write --header 'Name: value'");
  return [name.toLowerCase(), value.trim()];
}

function formOf(options: RequestOptions, password: string): LoginForm {
  const { login, logout, name, rememberMe } = options;
  if (logout) return { logout };
  if (!login) return {};
  return { login, password, ...(name !== undefined && { name }), ...(rememberMe && { rememberMe }) };
}
