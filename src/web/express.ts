import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConfigurationError } from '../base/errors.js';
import { own } from '../base/own.js';
import type { Session } from '../session/session.js';
import type { Sessions } from '../sessions.js';
import type { Visit } from '../visit/visit.js';
import { beginVisit } from './node/begin-visit.js';
import { toDictionaryMode } from './node/dictionary-mode.js';
import { answer } from './node/response.js';
import { type Adapter, createAdapter } from './shared/adapter.js';
import type { AdapterOptions } from './shared/options.js';
import { assertNoOtherSession, putVisit, type Visited } from './shared/visited.js';

export { loginForm } from './shared/form.js';
export type { AdapterOptions };

declare global {
  namespace Express {
    interface Request {
      /** Who it is, the session, and what the auth chain did. */
      visit: Visit;
      /** The same as `visit.session`. It cannot be replaced. */
      readonly session: Session;
    }
  }
}

/** A middleware for Express 4 and 5, and for all that takes Connect's middleware. */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Sessions for Express: `app.use(moinSessions(sessions))`, before the routes. Login forms are taken at `loginPaths`
 * alone. They may have been parsed before (`express.urlencoded()`, `express.json()`) or will be behind: a form that was
 * not is read ahead, and stays for the application. All other bodies are left as they are.
 *
 * The response's bytes wait until the session is saved. An error of the chain or of the store before the routes goes
 * to `next`; a save that fails is answered with a 500, or, when the response has begun, by cutting the connection, and
 * goes to `onError`. What an error handler answers is a response like any other: what was set is saved. When the visitor
 * leaves, what was set until then is saved at once; what is set after that is saved by the response's end, or by
 * `session.save()` where nothing ends it, as `sendFile` does not.
 */
export function moinSessions(sessions: Sessions, options: AdapterOptions<IncomingMessage> = {}): Middleware {
  const adapter = createAdapter(sessions, options);
  return (request: IncomingMessage & Begun, response, next) => {
    if (request[BEGUN_BY] === sessions) return next();
    begin(adapter, request, response).then((goesOn) => goesOn && next(), next);
  };
}

/** Whose visit a request has. */
const BEGUN_BY = Symbol('moin-sessions.begun-by');
type Begun = Partial<Visited> & { [BEGUN_BY]?: Sessions };

/** Whether the application is to answer. What an auth method answers may be nothing that can be sent: that is thrown. */
async function begin(
  adapter: Adapter,
  request: IncomingMessage & Begun,
  response: ServerResponse,
): Promise<boolean> {
  assertFirst(request);
  toDictionaryMode(request);
  toDictionaryMode(response);
  const visit = await beginVisit(adapter, request, response);
  request[BEGUN_BY] = adapter.sessions;
  putVisit(request, visit);
  if (visit.response !== null) answer(response, visit.response);
  return visit.response === null;
}

function assertFirst(request: Begun): void {
  assertNoOtherSession(request);
  if (own(request, 'visit') === undefined) return;
  throw new ConfigurationError(
    'the request has a visit of other sessions already: call moinSessions once, or always with the same sessions',
  );
}
