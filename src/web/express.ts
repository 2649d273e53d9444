/// <reference types="node" preserve="true" />
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConfigurationError } from '../base/errors.js';
import { own } from '../base/own.js';
import { andThen, recover, type Soon } from '../base/soon.js';
import type { Session } from '../session/session.js';
import type { Sessions } from '../sessions.js';
import type { Visit } from '../visit/visit.js';
import { beginVisit } from './node/begin-visit.js';
import { toDictionaryMode } from './node/dictionary-mode.js';
import { hookServerResponse } from './node/hold/hooks.js';
import { answer } from './node/response.js';
import { type Adapter, createAdapter } from './shared/adapter.js';
import type { AdapterOptions } from './shared/options.js';
import { assertNoOtherSession, putVisit, type Visited } from './shared/visited.js';

export { loginForm } from '../http/login-form.js';
export type { AdapterOptions };

declare global {
  namespace Express {
    interface Request extends ExpressVisited {}
  }
}

/** The properties that `moinSessions` adds to a request of Express. */
export interface ExpressVisited {
  /**
   * The user, the session, and what the auth chain did. Undefined in middleware before `moinSessions`, and in an error
   * handler when no visit could begin.
   */
  visit: Visit;
  /**
   * The same as `visit.session`. It cannot be replaced. In a program with the types of express-session, which claim this
   * property, it has their type: use `visit.session` there, or remove `@types/express-session`.
   */
  readonly session: SessionProperty;
}

/**
 * The types of express-session give requests a `sessionStore`, too. Beside them the property may have any type, so that
 * theirs counts; two declarations of one property would not compile.
 */
// biome-ignore lint/suspicious/noExplicitAny: no other type lets every type of another package count
type SessionProperty = 'sessionStore' extends keyof Express.Request ? any : Session;

/** Middleware for Express 4 and 5, and for every server that takes Connect's middleware. */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Sessions for Express: `app.use(moinSessions(sessions))`, before the routes. Login forms are read at `loginPaths` alone.
 * Body parsers (`express.urlencoded()`, `express.json()`) may come before or after: an unparsed form is read ahead, and
 * the application can read it again. No other body is read.
 *
 * The response's bytes wait until the session is saved. An error of the chain or of the store before the routes goes to
 * `next`. A save that fails goes to `onError`, and the visitor gets a 500, or a cut connection when the response has
 * begun. The response of an error handler is saved like any other. When the visitor leaves, changes made so far are saved
 * at once, and later ones when the response ends. `sendFile` does not end a response whose visitor left: call
 * `session.save()` there.
 */
export function moinSessions(sessions: Sessions, options: AdapterOptions<IncomingMessage> = {}): Middleware {
  const adapter = createAdapter(sessions, options);
  hookServerResponse();
  return (request: IncomingMessage & Begun, response, next) => {
    if (request[BEGUN_BY] === sessions) return next();
    const goesOn = recover(
      () => begin(adapter, request, response),
      (error) => {
        next(error);
        return false;
      },
    );
    andThen(goesOn, (on) => on && next());
  };
}

/** Key of the sessions that began the request's visit. */
const BEGUN_BY = Symbol('moin-sessions.begun-by');
type Begun = Partial<Visited> & { [BEGUN_BY]?: Sessions };

/** Returns false when an auth method has answered. @throws Node's error when that answer cannot be sent */
function begin(adapter: Adapter, request: IncomingMessage & Begun, response: ServerResponse): Soon<boolean> {
  assertFirst(request);
  toDictionaryMode(request);
  toDictionaryMode(response);
  return andThen(beginVisit(adapter, request, response), (visit) => {
    request[BEGUN_BY] = adapter.sessions;
    putVisit(request, visit);
    if (visit.response !== null) answer(response, visit.response);
    return visit.response === null;
  });
}

function assertFirst(request: Begun): void {
  assertNoOtherSession(request);
  if (own(request, 'visit') === undefined) return;
  throw new ConfigurationError(
    'the request has a visit of other sessions already: call moinSessions once, or always with the same sessions',
  );
}
