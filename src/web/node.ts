import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { Sessions } from '../sessions.js';
import { beginVisit, type Visited } from './begin.js';
import { type AdapterOptions, warnOfError } from './options.js';
import type { NodeRequest } from './request.js';
import { answer, apologize, cut, isGone, type NodeResponse } from './response.js';

export { loginForm } from './form.js';
export type { AdapterOptions, Visited };

/** A request listener for `http`, `https` and `http2` servers. */
export interface Listener {
  (request: IncomingMessage, response: ServerResponse): void;
  (request: Http2ServerRequest, response: Http2ServerResponse): void;
}

/** The application: a listener whose requests have a `visit`, a `session`, and the fields of a form as `body`. */
export type Handler<Request = IncomingMessage, Response = ServerResponse> = (
  request: Request & Visited & { body?: unknown },
  response: Response,
) => unknown;

/**
 * Sessions for a bare Node server: `createServer(withSessions(sessions, handler))`.
 *
 * The response's bytes wait until the session is saved. A save that fails is answered with a 500, or, when the
 * response has begun, by cutting the connection; what a handler throws is answered likewise, with what it had put in
 * the session saved. Both go to `onError`.
 */
export function withSessions(sessions: Sessions, handler: Handler, options?: AdapterOptions): Listener;
export function withSessions(
  sessions: Sessions,
  handler: Handler<Http2ServerRequest, Http2ServerResponse>,
  options?: AdapterOptions,
): Listener;
export function withSessions(
  sessions: Sessions,
  handler: Handler<never, never>,
  options: AdapterOptions = {},
): Listener {
  return (request: NodeRequest, response: NodeResponse) => {
    void serve(sessions, handler, request, response, options);
  };
}

async function serve(
  sessions: Sessions,
  handler: Handler<never, never>,
  request: NodeRequest,
  response: NodeResponse,
  options: AdapterOptions,
): Promise<void> {
  try {
    const visit = await beginVisit(sessions, request, response, options);
    const visited = Object.assign(request, { visit, session: visit.session });
    if (visit.response !== null) answer(response, visit.response);
    else await handler(visited as never, response as never);
  } catch (error) {
    (options.onError ?? warnOfError)(error);
    if (response.writableEnded || isGone(response)) return;
    if (response.headersSent) cut(response);
    else apologize(response);
  }
}
