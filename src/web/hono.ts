/// <reference types="node" preserve="true" />
import type { Context, MiddlewareHandler } from 'hono';
import type { AuthResponse } from '../auth/method.js';
import { ConfigurationError, TooManyLoginsError } from '../base/errors.js';
import { bare } from '../base/own.js';
import { andThen, isPromise, recover, type Soon } from '../base/soon.js';
import { loginForm } from '../http/login-form.js';
import type { Session } from '../session/session.js';
import type { Sessions } from '../sessions.js';
import { beginSoon } from '../visit/begin-soon.js';
import type { Visit } from '../visit/visit.js';
import { type Connection, incomingRequest } from './fetch/request.js';
import { answer, committed } from './fetch/response.js';
import { cachedBytes } from './hono/cached-bytes.js';
import { committedText } from './hono/committed-text.js';
import { plainText } from './hono/plain-text.js';
import { nodeConnection, sentUrl, serverOf } from './hono/server.js';
import type { NodeResponse } from './node/server-types.js';
import { type Adapter, createAdapter } from './shared/adapter.js';
import { AbortedFormError, errorResponse } from './shared/errors.js';
import { warnOfCrossSite } from './shared/login-forms.js';
import { type AdapterOptions, assertFunction } from './shared/options.js';

export type { AdapterOptions, Connection };
export { loginForm };

/** What the middleware puts on a context: `new Hono<{ Variables: MoinSessionsVariables }>()`. */
export interface MoinSessionsVariables {
  /** The user, the session, and what the auth chain did. */
  visit: Visit;
  /** The same as `visit.session`. */
  session: Session;
}

// As Hono's own middleware: `c.get('session')` has its type in every application that imports this file.
declare module 'hono' {
  interface ContextVariableMap extends MoinSessionsVariables {}
}

export interface HonoOptions extends AdapterOptions<Context> {
  /**
   * Describes the connection: the URL as it was sent, the peer's address, TLS, certificate. Default: what the request and the
   * socket of `@hono/node-server` say; on another server, and in `app.request()`, nothing but what the `Request` says.
   */
  connection?: (context: Context) => Connection;
}

/**
 * Sessions for Hono: `app.use(moinSessions(sessions))`, before the routes. Login forms and JSON logins are read at
 * `loginPaths` alone, and the application can read them again.
 *
 * The response waits until the session is saved, and the end of a streamed body until later changes are saved. An error of the
 * chain or of the store before the routes goes to `app.onError`, and a `TooManyLoginsError` that nobody handles there is a
 * 429 with `Retry-After`. The response of `app.onError` is saved like any other. A save that fails goes to the option
 * `onError`, and the visitor gets a 500, or a broken stream when the response has begun.
 */
export function moinSessions(
  sessions: Sessions,
  options: HonoOptions = {},
): MiddlewareHandler<{ Variables: MoinSessionsVariables }> {
  const adapter = createAdapter(sessions, options, ['connection']);
  const { connection = nodeConnection } = bare(options);
  assertFunction(connection, 'connection');
  return async (context, next) => {
    if (begunBy.get(context) === sessions) return next();
    assertFirst(context);
    const begun = begin(adapter, context, { ...sentUrl(context), ...connection(context) });
    // Awaits promises only: most requests need none.
    const visit = isPromise(begun) ? await begun : begun;
    if (visit === null) return context.body(null, 400);
    begunBy.set(context, sessions);
    context.set('visit', visit);
    context.set('session', visit.session);
    if (visit.response !== null) context.res = answerOf(visit.response, adapter);
    else await runSaved(next, visit, adapter);
    // Without a response Hono itself reports the handler that returned none.
    if (context.finalized) await finish(context, visit, adapter);
    return undefined;
  };
}

/** The sessions that began a context's visit. */
const begunBy = new WeakMap<Context<{ Variables: MoinSessionsVariables }>, Sessions>();

function assertFirst(context: Context): void {
  if (context.get('visit') === undefined && context.get('session') === undefined) return;
  throw new ConfigurationError(
    'the context has a session of another middleware, or of other sessions, already: call moinSessions once, or always with the same sessions, and take the other middleware out',
  );
}

/** Null when the visitor left in the middle of a login form. */
function begin({ sessions, forms }: Adapter, context: Context, connection: Connection): Soon<Visit | null> {
  const cached = () => cachedBytes(context);
  return recover<Visit | null>(
    () =>
      andThen(incomingRequest(context.req.raw, connection, forms, { seen: context, cached }), (incoming) =>
        andThen(beginSoon(sessions, incoming), (visit) => {
          warnOfCrossSite(incoming.form, visit);
          return visit;
        }),
      ),
    (error) => {
      if (error instanceof AbortedFormError) return null;
      context.header('vary', 'Cookie', { append: true });
      // Hono's own error handler answers with it.
      if (error instanceof TooManyLoginsError)
        throw Object.assign(error, { getResponse: () => answer(errorResponse(error)) });
      throw error;
    },
  );
}

/** The answer of an auth method; a 500 when it cannot be sent. */
function answerOf(given: AuthResponse, { onError }: Adapter): Response {
  try {
    return answer(given);
  } catch (error) {
    onError(error);
    return answer(errorResponse(error));
  }
}

/** Runs the routes. When their error goes past `app.onError`, what they had set is saved. */
async function runSaved(next: () => Promise<void>, visit: Visit, { onError }: Adapter): Promise<void> {
  try {
    await next();
  } catch (error) {
    await visit.session.save().catch(onError);
    throw error;
  }
}

/** Replaces the response by one that waits for the save. */
async function finish(context: Context, visit: Visit, { onError }: Adapter): Promise<void> {
  const own = context.res;
  const { outgoing } = serverOf(context);
  const text = outgoing === undefined ? undefined : plainText(own);
  const saving =
    text === undefined
      ? committed(own, visit, context.req.raw, onError)
      : committedText(text, own, visit, {
          outgoing: outgoing as NodeResponse,
          cookie: context.req.raw.headers.get('cookie'),
          onError,
        });
  const response = await saving.catch((error) => {
    onError(error);
    return answer(errorResponse(error));
  });
  if (response === own) return;
  // Hono adds the headers of a response that is there to the next one.
  context.res = undefined;
  context.res = response;
}
