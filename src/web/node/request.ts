import type { TLSSocket } from 'node:tls';
import { isUint8Array } from 'node:util/types';
import { bodyParser, type ParseBody } from '../../http/body.js';
import { headerField } from '../../http/header.js';
import type { ClientCertificate, IncomingRequest, LoginForm } from '../../http/request.js';
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
  { body, form }: { body: unknown; form: LoginForm | undefined },
): IncomingRequest {
  const { headers } = request;
  return {
    method: methodOf(request) ?? 'GET',
    url: urlOf(request),
    headers,
    ...connectionOf(request.socket as TLSSocket),
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
 * The body of a request at a login path: as an earlier parser left it, or else the fields of a small form or of small JSON.
 * The body is read ahead, and the application can read it again.
 */
export async function readBody(request: NodeRequest, parsed: unknown, limit: number): Promise<unknown> {
  const parse = parserOf(request);
  if (parse === null || isParsed(parsed)) return parsed;
  const bytes = isBytes(parsed) ? Buffer.from(parsed) : await unreadBytes(request, limit);
  return bytes === null || bytes.length > limit ? parsed : parse(bytes);
}

/** Parsers of Express 4 set `{}` on requests whose body they do not parse. Raw parsers leave text or bytes. */
function isParsed(body: unknown): boolean {
  if (isBytes(body)) return false;
  if (typeof body !== 'object' || body === null) return body !== undefined;
  return Object.keys(body).length > 0;
}

function isBytes(body: unknown): body is string | Uint8Array {
  return typeof body === 'string' || isUint8Array(body);
}

async function unreadBytes(request: NodeRequest, limit: number): Promise<Buffer | null> {
  return isSmall(request, limit) ? readAhead(request, limit) : null;
}

/** The parser of a body that may hold login fields; null for any other body. */
export function parserOf(request: NodeRequest): ParseBody | null {
  return bodyParser(field(request, 'content-type'), field(request, 'content-encoding'));
}

/**
 * Whether a body may be read ahead: it does not claim to be larger than `limit` bytes, and nobody reads it yet. A chunked
 * body and one of HTTP/2 may have no Content-Length.
 */
export function isSmall(request: NodeRequest, limit: number): boolean {
  const { readableDidRead, readableFlowing, readableEncoding } = request;
  const isBegun = readableDidRead || readableFlowing === true || readableEncoding !== null;
  return !isBegun && Number(field(request, 'content-length') ?? 0) <= limit;
}

/** A header field of which Node keeps one value. */
function field({ headers }: NodeRequest, name: string): string | undefined {
  return headerField(headers, name) as string | undefined;
}

/** What a socket says of its peer. */
export function connectionOf(
  socket: TLSSocket,
): Pick<IncomingRequest, 'remoteAddress' | 'secure' | 'clientCertificate'> {
  const { remoteAddress } = socket;
  return { remoteAddress, secure: socket.encrypted === true, clientCertificate: certificateOf(socket) };
}

function certificateOf(socket: TLSSocket): ClientCertificate | undefined {
  if (socket.encrypted !== true || typeof socket.getPeerCertificate !== 'function') return undefined;
  const subject = socket.getPeerCertificate()?.subject;
  return subject && { authorized: socket.authorized, subject: { ...subject } };
}
