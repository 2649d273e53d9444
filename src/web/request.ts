import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import type { ClientCertificate, IncomingRequest, LoginForm } from '../auth/method.js';
import { isForm, loginForm, parseFields } from './form.js';
import { type AdapterOptions, DEFAULT_FORM_LIMIT } from './options.js';

export type NodeRequest = IncomingMessage | Http2ServerRequest;

/** What frameworks and body parsers add to a request. */
interface Parsed {
  /** Express: the URL before a router cut its own path off. */
  originalUrl?: string;
  body?: unknown;
  /** Set for the body parsers of Express, so that they leave a body alone that was read already. */
  _body?: boolean;
}

/** The core's view of a Node request. */
export function incomingRequest(request: NodeRequest & Parsed, form: LoginForm): IncomingRequest {
  const { method = 'GET', headers } = request;
  const socket = request.socket as TLSSocket;
  return {
    method,
    url: request.originalUrl ?? request.url ?? '/',
    headers,
    remoteAddress: socket.remoteAddress,
    secure: socket.encrypted === true,
    clientCertificate: certificateOf(socket),
    form,
    raw: request,
  };
}

/** The login form in a POST. Reads a small form if nobody has done so; then its fields are on `body`. */
export async function readForm(
  request: NodeRequest & Parsed,
  { form = loginForm, formLimit = DEFAULT_FORM_LIMIT }: AdapterOptions,
): Promise<LoginForm> {
  if (request.body === undefined && isSmallForm(request, formLimit)) {
    request.body = parseFields(await textOf(request));
    request._body = true;
  }
  return form(request.body);
}

/** Browsers tell a form's length. A body that does not is somebody else's, and so is one that was begun to be read. */
function isSmallForm({ headers, readableDidRead }: NodeRequest, limit: number): boolean {
  const length = Number(headers['content-length'] ?? Number.NaN);
  return !readableDidRead && length <= limit && isForm(headers['content-type'], headers['content-encoding']);
}

async function textOf(request: NodeRequest): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function certificateOf(socket: TLSSocket): ClientCertificate | undefined {
  if (socket.encrypted !== true || typeof socket.getPeerCertificate !== 'function') return undefined;
  const subject = socket.getPeerCertificate()?.subject;
  return subject && { authorized: socket.authorized, subject: { ...subject } };
}
