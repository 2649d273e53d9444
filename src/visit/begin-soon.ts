import type { Soon } from '../base/soon.js';
import type { IncomingRequest } from '../http/request.js';
import type { Visit } from './visit.js';

/** Key of a `BeginSoon` on the sessions of a site. */
export const BEGIN_SOON: unique symbol = Symbol('moin-sessions.beginSoon');

type Begin = (request: IncomingRequest) => Promise<Visit>;

/** How visits begin without a promise: a request that waits for nothing goes on in the turn in which it came. */
export interface BeginSoon {
  /** The method that this one stands for: a subclass or a test that replaces it is not passed by. */
  readonly standsFor: Begin;

  /** @throws what the method rejects with, or rejects with it */
  begin(request: IncomingRequest): Soon<Visit>;
}

/** As `sessions.begin`, in this turn of the event loop where nothing has to wait. @throws as `BeginSoon` */
export function beginSoon(
  sessions: { begin: Begin; [BEGIN_SOON]?: BeginSoon },
  request: IncomingRequest,
): Soon<Visit> {
  const soon = sessions[BEGIN_SOON];
  return soon !== undefined && sessions.begin === soon.standsFor
    ? soon.begin(request)
    : sessions.begin(request);
}
