import { ConfigurationError } from '../../base/errors.js';
import { own } from '../../base/own.js';
import type { Session } from '../../session/session.js';
import type { Visit } from '../../visit/visit.js';

/** The properties that adapters add to a request. */
export interface Visited {
  /** The user, the session, and what the auth chain did. */
  visit: Visit;
  /** The same as `visit.session`. It cannot be replaced. */
  readonly session: Session;
}

/** One accessor for all requests: a new one for each request is slow. */
const SESSION = {
  enumerable: true,
  get(this: Visited): Session {
    return this.visit.session;
  },
  set: refuseNewSession,
};

/** Puts a visit and its session on a request, in place of those of an outer adapter. */
export function putVisit<Request extends object>(request: Request, visit: Visit): Request & Visited {
  const visited = request as Request & Visited;
  visited.visit = visit;
  if (!Object.hasOwn(visited, 'session')) Object.defineProperty(visited, 'session', SESSION);
  return visited;
}

/** Other libraries end or fill a session by assignment; here it would do nothing. */
export function refuseNewSession(): never {
  throw new TypeError(
    'request.session cannot be replaced: set values with session.set(key, value), end it with await session.destroy()',
  );
}

/** @throws ConfigurationError when another library has put a session on the request */
export function assertNoOtherSession(request: Partial<Visited>): void {
  if (own(request, 'visit') !== undefined || own(request, 'session') === undefined) return;
  throw new ConfigurationError(
    'the request has a session of another library (express-session, cookie-session) already: take that out, or keep express-session and give it a store of moin-sessions/express-session',
  );
}
