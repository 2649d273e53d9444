import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import type { AuthResponse } from '../auth/method.js';

export type NodeResponse = ServerResponse | Http2ServerResponse;

/** The visitor has left, or the connection was cut. */
export function isGone(response: NodeResponse): boolean {
  return response.destroyed || ('stream' in response && response.stream.destroyed);
}

/** Ends a response so that the visitor cannot take it to be complete. */
export function cut(response: NodeResponse): void {
  const INTERNAL_ERROR = 2; // RFC 9113, section 7
  if ('stream' in response) response.stream.close(INTERNAL_ERROR);
  else response.destroy();
}

/** Answers with a 500 without details. */
export function apologize(response: NodeResponse): void {
  (response as { end(text: string): unknown }).end(apology(response));
}

/** Makes a 500 without details of a response. @returns the body to end it with */
export function apology(response: NodeResponse): string {
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.statusCode = 500;
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  return 'Internal Server Error\n';
}

/** Sends a whole response. */
export function answer(response: NodeResponse, { status, headers, body = '' }: AuthResponse): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  (response as { end(text: string): unknown }).end(body);
}
