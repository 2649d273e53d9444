import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Session } from '../session/session.js';
import type { Sessions } from '../sessions.js';
import type { Visit } from '../visit.js';
import { beginVisit, type Visited } from './begin.js';
import type { AdapterOptions } from './options.js';
import { answer } from './response.js';
import { asTable } from './table.js';

export { loginForm } from './form.js';
export type { AdapterOptions };

declare global {
  namespace Express {
    interface Request {
      /** Who it is, the session, and what the auth chain did. */
      visit: Visit;
      /** The same as `visit.session`. */
      session: Session;
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
 * Sessions for Express: `app.use(moinSessions(sessions))`, before the routes. Login forms may have been parsed before
 * (`express.urlencoded()`, `express.json()`); a form that was not is read here, and its fields are `req.body`.
 *
 * The response's bytes wait until the session is saved. An error of the chain or of the store before the routes goes
 * to `next`; a save that fails is answered with a 500, or, when the response has begun, by cutting the connection, and
 * goes to `onError`. What an error handler answers is a response like any other: what was set is saved.
 */
export function moinSessions(sessions: Sessions, options: AdapterOptions = {}): Middleware {
  return (request: IncomingMessage & Partial<Visited>, response, next) => {
    if (request.visit !== undefined) return next();
    begin(sessions, request, response, options).then((goesOn) => goesOn && next(), next);
  };
}

/** Whether the application is to answer. What an auth method answers may be nothing that can be sent: that is thrown. */
async function begin(
  sessions: Sessions,
  request: IncomingMessage & Partial<Visited>,
  response: ServerResponse,
  options: AdapterOptions,
): Promise<boolean> {
  asTable(request);
  asTable(response);
  const visit = await beginVisit(sessions, request, response, options);
  request.visit = visit;
  request.session = visit.session;
  if (visit.response !== null) answer(response, visit.response);
  return visit.response === null;
}
