import { HeldResponse, type HoldOptions } from './held-response.js';
import type { NodeResponse } from './response.js';
import { CALLS, HEADER_CALLS, STATES } from './response-methods.js';

/** Under which a response has what holds it. */
const HELD = Symbol('moin-sessions.held');
type Held = Record<typeof HELD, HeldResponse> & object;

/**
 * Holds a response's first byte back until the session is saved, and so its last one, should the session have changed
 * in between. To the application the response behaves as ever: the order of its writes, back-pressure, `headersSent`
 * and the error for headers that come too late are what `node:http` has them to be.
 *
 * What is held stands on the response itself: Express changes a response's prototype whenever an application is
 * mounted in another.
 */
export function holdResponse(response: NodeResponse, options: HoldOptions): void {
  const held = new HeldResponse(response, options);
  const isFirst = !Object.hasOwn(response, HELD);
  for (const name of [...CALLS, ...HEADER_CALLS]) {
    if (Object.hasOwn(response, name)) held.takeOver(name);
    else if (name in response) Object.assign(response, { [name]: METHODS[name] });
  }
  if (isFirst) Object.defineProperties(Object.assign(response, { [HELD]: held }), SHADOWS);
  response.once('close', () => held.closed());
}

/** Ours in the place of Node's. They are the same functions for all responses: to make some for each costs more than the rest. */
const METHODS = Object.fromEntries([
  ...CALLS.map((name) => [
    name,
    function (this: Held, ...args: unknown[]) {
      return this[HELD].call(name, args);
    },
  ]),
  ...HEADER_CALLS.map((name) => [
    name,
    function (this: Held, ...args: unknown[]) {
      return this[HELD].changeHeader(name, args);
    },
  ]),
]);

/** What counts as done as soon as the application may take it to be. */
const SHADOWS = Object.fromEntries(
  STATES.map((name) => [
    name,
    {
      configurable: true,
      get(this: Held): unknown {
        return this[HELD].isTaken(name) || Reflect.get(Object.getPrototypeOf(this), name, this);
      },
    },
  ]),
);
