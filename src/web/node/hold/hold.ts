import { isGone } from '../response.js';
import type { NodeResponse } from '../server-types.js';
import { HeldResponse, type HoldOptions } from './held-response.js';
import type { Methods } from './response-methods.js';
import type { Committing } from './visits.js';

/** Undocumented, and called by Node's own methods, since its first versions, where no head was written yet. */
type ImplicitHead = { _implicitHeader?: () => void };

/** Under which a response has what holds it. */
const HELD = Symbol('moin-sessions.held');
type Held = NodeResponse & { [HELD]?: HeldResponse };

/**
 * Holds a response's first byte back until the session is saved, and so its last one, should the session have changed
 * in between. To the application the response behaves as ever: the order of its writes, back-pressure, `headersSent`
 * and the error for headers that come too late are what `node:http` has them to be.
 *
 * What is held stands on the response itself: Express changes a response's prototype whenever an application is
 * mounted in another.
 */
export function holdResponse(response: Held, visit: Committing, options: HoldOptions): void {
  response[HELD] ??= takeHold(response, options);
  response[HELD].add(visit);
}

/** Saves what no end of this response waits for, once its handler is through: it left the end out, or came too late. */
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
