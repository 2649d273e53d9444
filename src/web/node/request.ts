import type { TLSSocket } from 'node:tls';
import { headerField } from '../../http/header.js';
import type { ClientCertificate, IncomingRequest, LoginForm } from '../../http/request.js';
import { isForm, parseFields } from '../shared/form.js';
import { readAhead } from './read-ahead.js';
import type { NodeRequest } from './server-types.js';

/** The properties that frameworks and body parsers add to a request. */
export interface Parsed {
  /** Express: the URL before a router removed its own path. */
  originalUrl?: string;
  /** method-override: the method that the browser sent. A form that was turned into a GET may still be cross-site. */
  originalMethod?: string;
  body?: unknown;
}

/** The core's view of a Node request. */
export function incomingRequest(
  request: NodeRequest & Parsed,
  { body, form }: { body: unknown; form: LoginForm },
): IncomingRequest {
  const { headers } = request;
  const socket = request.socket as TLSSocket;
  return {
    method: methodOf(request) ?? 'GET',
    url: urlOf(request),
    headers,
    remoteAddress: socket.remoteAddress,
    secure: socket.encrypted === true,
    clientCertificate: certificateOf(socket),
    form,
    body,
    raw: request,
  };
}

/** The original method, as in the request line. */
export function methodOf({ originalMethod, method }: NodeRequest & Parsed): string | undefined {
  return originalMethod ?? method;
}

/** The original URL, as in the request line. */
export function urlOf({ originalUrl, url = '/' }: NodeRequest & Parsed): string {
  return originalUrl ?? url;
}

/**
 * The body of a request at a login path: as an earlier parser left it, or else the fields of a small form. The form is
 * read ahead, and the application can read it again.
 */
export async function readBody(request: NodeRequest, parsed: unknown, limit: number): Promise<unknown> {
  if (isParsed(parsed) || !isSmallForm(request, limit)) return parsed;
  return parseFields((await readAhead(request, lengthOf(request))).toString('utf8'));
}

/** Parsers of Express 4 set `{}` on requests whose body they do not parse. */
function isParsed(body: unknown): boolean {
  if (typeof body !== 'object' || body === null) return body !== undefined;
  return Object.keys(body).length > 0;
}

/** Browsers send Content-Length; a body without one, or already being read, is the application's. */
export function isSmallForm(request: NodeRequest, limit: number): boolean {
  const { readableDidRead, readableFlowing, readableEncoding } = request;
  const isBegun = readableDidRead || readableFlowing === true || readableEncoding !== null;
  return (
    !isBegun &&
    lengthOf(request) <= limit &&
    isForm(field(request, 'content-type'), field(request, 'content-encoding'))
  );
}

/** NaN when the request has no Content-Length. */
function lengthOf(request: NodeRequest): number {
  return Number(field(request, 'content-length') ?? Number.NaN);
}

/** A header field of which Node keeps one value. */
function field({ headers }: NodeRequest, name: string): string | undefined {
  return headerField(headers, name) as string | undefined;
}

function certificateOf(socket: TLSSocket): ClientCertificate | undefined {
  if (socket.encrypted !== true || typeof socket.getPeerCertificate !== 'function') return undefined;
  const subject = socket.getPeerCertificate()?.subject;
  return subject && { authorized: socket.authorized, subject: { ...subject } };
}
