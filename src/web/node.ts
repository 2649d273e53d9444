/// <reference types="node" preserve="true" />
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { isPromise } from '../base/soon.js';
import type { Sessions } from '../sessions.js';
import { beginVisit } from './node/begin-visit.js';
import { saveUnended } from './node/hold/hold.js';
import { hookServerResponse } from './node/hold/hooks.js';
import { answer, answerError, cut, isGone } from './node/response.js';
import type { NodeRequest, NodeResponse } from './node/server-types.js';
import { type Adapter, createAdapter } from './shared/adapter.js';
import { AbortedFormError } from './shared/errors.js';
import { type AdapterOptions, assertHandler } from './shared/options.js';
import { assertNoOtherSession, putVisit, type Visited } from './shared/visited.js';

export { loginForm } from '../http/login-form.js';
export type { AdapterOptions, Visited };

/** A request listener for `http`, `https` and `http2` servers. */
export interface Listener {
  (request: IncomingMessage, response: ServerResponse): void;
  (request: Http2ServerRequest, response: Http2ServerResponse): void;
}

/** The application: a listener whose requests have a `visit` and a `session`. */
export type Handler<Request = IncomingMessage, Response = ServerResponse> = (
  request: Request & Visited,
  response: Response,
) => unknown;

/**
 * Sessions for a bare Node server: `createServer(withSessions(sessions, handler))`. Login forms are read at `loginPaths`
 * alone, and the handler can read them again. No other body is read.
 *
 * The response's bytes wait until the session is saved. A failed save and an error of the handler go to `onError`. The
 * visitor then gets a 500, or a cut connection when the response has begun. The changes of a handler that fails are saved.
 * When the visitor leaves, changes made so far are saved at once, and later ones when the handler's promise settles.
 */
export function withSessions(
  sessions: Sessions,
  handler: Handler,
  options?: AdapterOptions<IncomingMessage>,
): Listener;
export function withSessions(
  sessions: Sessions,
  handler: Handler<Http2ServerRequest, Http2ServerResponse>,
  options?: AdapterOptions<Http2ServerRequest>,
): Listener;
export function withSessions(
  sessions: Sessions,
  handler: Handler<never, never>,
  options: AdapterOptions = {},
): Listener {
  const adapter = createAdapter(sessions, options);
  assertHandler(handler);
  hookServerResponse();
  return (request: NodeRequest, response: NodeResponse) => {
    void serve(adapter, handler, request, response);
  };
}

async function serve(
  adapter: Adapter,
  handler: Handler<never, never>,
  request: NodeRequest & Partial<Visited>,
  response: NodeResponse,
): Promise<void> {
  try {
    assertNoOtherSession(request);
    const begun = beginVisit(adapter, request, response);
    // Awaits promises only: most requests need none.
    const visit = isPromise(begun) ? await begun : begun;
    const visited = putVisit(request, visit);
    if (visit.response !== null) answer(response, visit.response);
    else await handler(visited as never, response as never);
  } catch (error) {
    if (!(error instanceof AbortedFormError)) adapter.onError(error);
    if (response.writableEnded || isGone(response)) return;
    if (response.headersSent) cut(response);
    else answerError(response, error);
  } finally {
    saveUnended(response);
  }
}
