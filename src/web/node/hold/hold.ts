import type { ResponseProgress } from '../../../session/request/response-progress.js';
import { isGone } from '../response.js';
import type { NodeResponse } from '../server-types.js';
import { HeldResponse } from './held-response.js';
import type { Methods } from './response-methods.js';
import type { HoldOptions } from './saved-response.js';
import type { Committing } from './visits.js';

/** Node's methods call it to write the head when none was written. Undocumented, but in every version of Node. */
type ImplicitHead = { _implicitHeader?: () => void };

/** Key of the HeldResponse on its response. */
const HELD = Symbol('moin-sessions.held');
type Held = NodeResponse & { [HELD]?: HeldResponse };

/**
 * Holds the first byte of a response back until the session is saved, and the last byte until later changes are saved.
 * The application sees a response as usual: order of writes, back-pressure, `headersSent` and the error for late headers
 * are those of `node:http`.
 *
 * The hold is a property of the response itself: Express changes the prototype whenever an application is mounted.
 */
export function holdResponse(response: Held, visit: Committing, options: HoldOptions): ResponseProgress {
  response[HELD] ??= takeHold(response, options);
  response[HELD].add(visit);
  return response[HELD];
}

/**
 * After the handler: saves what the end of this response does not save, because the client has gone, or because the
 * response has ended already.
 */
export function saveUnended(response: Held): void {
  const isDetached = response.socket === null;
  if (isGone(response) || isDetached) response[HELD]?.saveRest();
}

function takeHold(response: NodeResponse, options: HoldOptions): HeldResponse {
  const held = new HeldResponse(response, options);
  const methods = response as unknown as Methods;
  methods.writeHead = (...args) => held.call('writeHead', args);
  methods.flushHeaders = (...args) => held.call('flushHeaders', args);
  methods.write = (...args) => held.call('write', args);
  methods.end = (...args) => held.call('end', args);
  const { _implicitHeader: implicitHead } = response as ImplicitHead;
  if (implicitHead === undefined) return held; // HTTP/2
  const write = () => implicitHead.call(response);
  (response as ImplicitHead)._implicitHeader = () => held.writeImplicitHead(write);
  return held;
}
