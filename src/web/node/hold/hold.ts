import type { ResponseProgress } from '../../../session/request/response-progress.js';
import { isGone } from '../response.js';
import type { NodeResponse } from '../server-types.js';
import { HeldResponse } from './held-response.js';
import { holderOf, putHolder } from './hooks.js';
import type { HoldOptions } from './saved-response.js';
import type { Committing } from './visits.js';

/**
 * Holds the first byte of a response back until the session is saved, and the last byte until later changes are saved.
 * The application sees a response as usual: order of writes, back-pressure, `headersSent` and the error for late headers
 * are those of `node:http`.
 */
export function holdResponse(
  response: NodeResponse,
  visit: Committing,
  options: HoldOptions,
): ResponseProgress {
  const held = heldOf(response) ?? takeHold(response, options);
  held.add(visit);
  return held;
}

/**
 * After the handler: saves what the end of this response does not save, because the client has gone, or because the
 * response has ended already.
 */
export function saveUnended(response: NodeResponse): void {
  const isDetached = response.socket === null;
  if (isGone(response) || isDetached) heldOf(response)?.saveRest();
}

function takeHold(response: NodeResponse, options: HoldOptions): HeldResponse {
  const held = new HeldResponse(response, options);
  putHolder(response, held);
  followClose(response);
  return held;
}

/** Saves what is left when the response closes. */
function followClose(response: NodeResponse): void {
  // Save later: first the application's listeners run, or its handler when the client left during the chain.
  if (isGone(response)) setImmediate(close, response);
  else response.on('close', closeSoon);
}

/** A listener for all responses: a new one for each is slow. */
function closeSoon(this: NodeResponse): void {
  process.nextTick(close, this);
}

function close(response: NodeResponse): void {
  heldOf(response)?.close();
}

function heldOf(response: NodeResponse): HeldResponse | undefined {
  return holderOf(response) as HeldResponse | undefined;
}
