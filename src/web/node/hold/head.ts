import type { ServerResponse } from 'node:http';
import { addCommitHeaders, type CommitHeaders, type ResponseHeaders } from '../../shared/commit-headers.js';
import { copyOf, type HeaderValue } from '../response.js';
import type { NodeResponse } from '../server-types.js';
import { methodBelow } from './replaced.js';
import type { Call } from './response-methods.js';

/**
 * Sets the headers of a `writeHead` one by one, as Node does when other headers are set already.
 * @returns the arguments without the headers
 */
export function applyWriteHead(held: NodeResponse, args: unknown[]): unknown[] {
  if (args.length === 1) return args;
  const response = held as ServerResponse;
  const [status, ...rest] = args;
  const { reason, headers, mayRepeat } = headOf(rest);
  if (mayRepeat) for (const [name] of headers) response.removeHeader(name);
  for (const [name, value] of headers) {
    if (mayRepeat) appendHeader(response, name, value);
    else response.setHeader(name, copyOf(value));
  }
  return [status, ...reason];
}

/** Shows the status of a head that waits, as Node does of a head that it has written. */
export function showStatus(response: NodeResponse, [status, reason]: unknown[]): void {
  if (typeof status === 'number' && Number.isInteger(status) && status >= 200 && status <= 599)
    response.statusCode = status;
  if (typeof reason === 'string' && !('stream' in response)) response.statusMessage = reason;
}

/**
 * Writes the head before a body that Node has begun to write without one: it is framed by its length or by the end of the
 * connection, because Node has not framed it in chunks.
 */
export function writeUnsavedHead(held: NodeResponse, call: Call | undefined): void {
  const response = held as ServerResponse;
  response.useChunkedEncodingByDefault = false;
  const { method = methodBelow(held, 'writeHead'), args = [response.statusCode] } = call ?? {};
  method.apply(response, args);
}

/** Adds a commit's headers to a response. */
export function putCommitHeaders(response: NodeResponse, fields: CommitHeaders): void {
  addCommitHeaders(new NodeHeaders(response as ServerResponse), fields);
}

/** A class, because closures for each response are slow. */
class NodeHeaders implements ResponseHeaders {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  /** Several fields of a name as one. */
  get(name: string): string | null {
    const value = this.#response.getHeader(name);
    if (value === undefined) return null;
    return Array.isArray(value) ? value.join(', ') : String(value);
  }

  set(name: string, value: string): void {
    this.#response.setHeader(name, value);
  }

  append(name: string, value: string): void {
    appendHeader(this.#response, name, value);
  }
}

/** Adds to a header. Node pushes into the list that was set, which may be the application's own: a copy takes its place. */
function appendHeader(response: ServerResponse, name: string, value: HeaderValue): void {
  const before = response.getHeader(name);
  if (Array.isArray(before)) response.setHeader(name, [...before]);
  response.appendHeader(name, copyOf(value));
}

/** The arguments of `writeHead` after the status. A list of headers may repeat a name; an object may not. */
function headOf(args: unknown[]): { reason: string[]; headers: [string, HeaderValue][]; mayRepeat: boolean } {
  const reason = typeof args[0] === 'string' ? [args[0]] : [];
  const headers = reason.length > 0 ? args[1] : (args[0] ?? args[1]);
  const mayRepeat = Array.isArray(headers);
  return { reason, headers: mayRepeat ? pairsOf(headers) : Object.entries(headers ?? {}), mayRepeat };
}

function pairsOf(headers: unknown[]): [string, HeaderValue][] {
  if (headers.every(Array.isArray)) return headers as [string, HeaderValue][];
  const all = headers as string[];
  return all.flatMap((name, index) => (index % 2 === 0 ? [[name, all[index + 1] as string]] : []));
}
