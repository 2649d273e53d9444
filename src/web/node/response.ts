import type { AuthResponse } from '../../auth/method.js';
import { errorResponse } from '../shared/errors.js';
import type { NodeResponse } from './server-types.js';

/** A value of a header field; a list for several fields of one name. */
export type HeaderValue = string | string[];

/** A list that is the response's own: Node keeps the list it is given, and pushes later values into it. */
export function copyOf(value: HeaderValue): HeaderValue {
  return Array.isArray(value) ? [...value] : value;
}

/** The client left, or the connection was cut. */
export function isGone(response: NodeResponse): boolean {
  return response.destroyed || ('stream' in response && response.stream.destroyed);
}

/** Ends a response so that the client notices that it is incomplete. */
export function cut(response: NodeResponse): void {
  const INTERNAL_ERROR = 2; // RFC 9113, section 7
  if ('stream' in response) response.stream.close(INTERNAL_ERROR);
  else response.destroy();
}

/** Sends a whole response. */
export function answer(response: NodeResponse, whole: AuthResponse): void {
  end(response, applyHead(response, whole));
}

/** Sends the response to an error, in place of what the application has set so far. */
export function answerError(response: NodeResponse, error: unknown): void {
  end(response, applyErrorHead(response, error));
}

/** Replaces status and headers by those of an error's response. @returns the body to end it with */
export function applyErrorHead(response: NodeResponse, error: unknown): string {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  return applyHead(response, errorResponse(error));
}

function applyHead(response: NodeResponse, { status, headers, body = '' }: AuthResponse): string {
  response.statusCode = status;
  // The reason that the application has set is that of its own status; it may even be what cannot be sent.
  if (!('stream' in response)) response.statusMessage = '';
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, copyOf(value));
  return body;
}

function end(response: NodeResponse, body: string): void {
  (response as { end(text: string): unknown }).end(body);
}
