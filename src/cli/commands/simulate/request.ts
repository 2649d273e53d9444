import { UsageError } from '../../../base/errors.js';
import { forwardedHttps } from '../../../http/proxy.js';
import type { IncomingRequest, LoginForm } from '../../../http/request.js';
import type { CliContext } from '../../context.js';
import { cookieHeader } from '../../input/cookies.js';
import { readPassword } from '../../input/password.js';
import type { RequestOptions } from './flags.js';

/** A request as a browser sends it, before any proxy. */
export interface BrowserRequest {
  method: string;
  /** Path and query; undefined for the path of the cookie. */
  url?: string;
  headers: Record<string, string>;
  /** The browser's connection is HTTPS. */
  secure: boolean;
  form: LoginForm;
  /** The parsed body; undefined if there is none that can be parsed. */
  body?: unknown;
}

/** Where the header of `remote_user` comes from, and the cookie that is meant without a name. */
export interface SiteNames {
  cookieName: string;
  remoteUserHeader: string;
}

/**
 * Builds the request that flags, files and stdin describe.
 * @throws UsageError
 */
export async function requestOf(
  context: CliContext,
  options: RequestOptions,
  names: SiteNames,
): Promise<BrowserRequest> {
  const { https = false, login, basic } = options;
  const asksPassword = login === true || basic !== undefined;
  const cookies = await cookieHeader(context, options, names.cookieName);
  const password = asksPassword ? await readPassword(context, options) : '';
  return {
    method: login || options.logout ? 'POST' : 'GET',
    headers: headersOf(options, cookies, password, names.remoteUserHeader),
    secure: https,
    form: formOf(options, password),
  };
}

/**
 * The request as the server gets it: from the browser, or with `--proxy` from a proxy that adds what proxies add
 * (`X-Forwarded-For`, `-Proto`, `-Host`) and speaks plain HTTP to the server.
 */
export function arriving(
  { secure, headers, ...request }: BrowserRequest,
  { address = '127.0.0.1', proxy }: Pick<RequestOptions, 'address' | 'proxy'>,
): IncomingRequest {
  if (proxy === undefined) return { ...request, headers, secure, remoteAddress: address };
  const { host, 'x-forwarded-for': before } = headers;
  const forwarded = {
    ...headers,
    'x-forwarded-for': before === undefined ? address : `${before}, ${address}`,
    'x-forwarded-proto': secure ? 'https' : 'http',
    ...(host !== undefined && { 'x-forwarded-host': host }),
  };
  return { ...request, headers: forwarded, secure: false, remoteAddress: proxy };
}

/** Whether the browser of a request speaks HTTPS: to the server, or to a proxy that says so, trusted or not. */
export function isBrowserSecure({ secure, headers }: BrowserRequest): boolean {
  return secure || forwardedHttps(headers['x-forwarded-proto']);
}

/** Headers of `--header`, by lower-case name. @throws UsageError */
export function parseHeaders(texts: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(texts.map(parseHeader));
}

function headersOf(
  options: RequestOptions,
  cookies: string,
  password: string,
  remoteUserHeader: string,
): Record<string, string> {
  const headers = parseHeaders(options.header);
  if (cookies !== '') headers.cookie = [headers.cookie, cookies].filter(Boolean).join('; ');
  if (options.basic !== undefined)
    headers.authorization = `Basic ${Buffer.from(`${options.basic}:${password}`).toString('base64')}`;
  if (options.remoteUser !== undefined) headers[remoteUserHeader] = options.remoteUser;
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
