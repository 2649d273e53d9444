import type { AuthResponse } from '../../auth/method.js';
import { TooManyLoginsError } from '../../base/errors.js';
import type { NodeResponse } from './server-types.js';

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

/** Answers without details: 429 where too many logins wait, and else 500. */
export function apologize(response: NodeResponse, error: unknown): void {
  const text = apology(response);
  if (error instanceof TooManyLoginsError) answer(response, tooManyLogins(error));
  else (response as { end(text: string): unknown }).end(text);
}

/** What says when to try again. */
export function tooManyLogins({ statusCode, headers }: TooManyLoginsError): AuthResponse {
  const type = { 'content-type': 'text/plain; charset=utf-8' };
  return { status: statusCode, headers: { ...type, ...headers }, body: 'Too Many Requests\n' };
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
