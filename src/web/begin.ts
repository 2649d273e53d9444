import type { Session } from '../session/session.js';
import type { Sessions } from '../sessions.js';
import { asSiteVisit, type Visit } from '../visit.js';
import { holdResponse } from './hold.js';
import type { AdapterOptions } from './options.js';
import { incomingRequest, type NodeRequest, readForm } from './request.js';
import type { NodeResponse } from './response.js';

/** What the adapters put on a request. */
export interface Visited {
  /** Who it is, the session, and what the auth chain did. */
  visit: Visit;
  /** The same as `visit.session`. */
  session: Session;
}

/**
 * Runs the auth chain on a request and has its response wait for the save. What all adapters on Node's own servers do.
 * @throws what `sessions.begin` throws; nothing is held then
 */
export async function beginVisit(
  sessions: Sessions,
  request: NodeRequest,
  response: NodeResponse,
  options: AdapterOptions,
): Promise<Visit> {
  const form = request.method === 'POST' ? await readForm(request, options) : {};
  const visit = await sessions.begin(incomingRequest(request, form));
  // At once, and not when the session first changes: whoever keeps `end` in between would pass us by.
  holdResponse(response, asSiteVisit(visit), { ...options, cookie: request.headers.cookie });
  return visit;
}
