/// <reference types="node" preserve="true" />
import { bare } from '../base/own.js';
import { loginForm } from '../http/login-form.js';
import type { Sessions } from '../sessions.js';
import type { Visit } from '../visit/visit.js';
import { type Connection, incomingRequest } from './fetch/request.js';
import { answer, assertResponse, committed } from './fetch/response.js';
import { createAdapter } from './shared/adapter.js';
import { AbortedFormError, errorResponse } from './shared/errors.js';
import { warnOfCrossSite } from './shared/login-forms.js';
import { type AdapterOptions, assertFunction, assertHandler } from './shared/options.js';

export type { AdapterOptions, Connection };
export { loginForm };

export interface FetchOptions<Rest extends unknown[]> extends AdapterOptions<Request> {
  /** Describes the connection, from the request and the server's further arguments. */
  connection?: (request: Request, ...rest: Rest) => Connection;
}

/**
 * Sessions for servers that turn a `Request` into a `Response`: Next.js route handlers and others. Further arguments are
 * passed on: `withSessions(sessions, (request, visit, env) => app.fetch(request, { ...env, visit }))`.
 * Login forms and JSON logins are read at `loginPaths` alone, from a copy; the handler's request stays unread.
 *
 * The response comes when the session is saved, and the end of a streamed body waits until later changes are saved. A
 * failed save, an error of the handler and an error of the body go to `onError`; what was set before is saved. The visitor
 * then gets a 500, or a broken stream when the response has begun.
 */
export function withSessions<Rest extends unknown[]>(
  sessions: Sessions,
  handler: (request: Request, visit: Visit, ...rest: Rest) => Response | Promise<Response>,
  options: FetchOptions<Rest> = {},
): (request: Request, ...rest: Rest) => Promise<Response> {
  const { forms, onError } = createAdapter(sessions, options, ['connection']);
  const { connection } = bare(options);
  assertHandler(handler);
  if (connection !== undefined) assertFunction(connection, 'connection');
  const fail = (error: unknown) => {
    if (error instanceof AbortedFormError) return new Response(null, { status: error.statusCode });
    onError(error);
    return answer(errorResponse(error));
  };
  return async (request, ...rest) => {
    try {
      const incoming = await incomingRequest(request, connection?.(request, ...rest), forms);
      const visit = await sessions.begin(incoming);
      warnOfCrossSite(incoming.form, visit);
      const respond = async () =>
        visit.response === null
          ? assertResponse(await handler(request, visit, ...rest))
          : answer(visit.response);
      // The changes of a handler that fails are saved too.
      return await committed(await respond().catch(fail), visit, request, onError);
    } catch (error) {
      return fail(error);
    }
  };
}
