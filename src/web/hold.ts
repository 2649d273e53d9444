import { HeldResponse, type HoldOptions } from './held-response.js';
import type { NodeResponse } from './response.js';
import { CALLS, HEADER_CALLS, STATES } from './response-methods.js';

/**
 * Holds a response's first byte back until the session is saved, and so its last one, should the session have changed
 * in between. To the application the response behaves as ever: the order of its writes, back-pressure, `headersSent`
 * and the error for headers that come too late are what `node:http` has them to be.
 */
export function holdResponse(response: NodeResponse, options: HoldOptions): void {
  const held = new HeldResponse(response, options);
  const prototype = Object.getPrototypeOf(response) as object;
  const { heldPrototype, key } = heldPrototypeOf(prototype);
  Object.assign(response, { [key]: held });
  Object.setPrototypeOf(response, heldPrototype);
  // Middleware that came earlier may have put methods of its own on the response: these would hide ours.
  for (const name of [...CALLS, ...HEADER_CALLS]) {
    if (Object.hasOwn(response, name)) held.takeOver(name);
  }
  response.once('close', () => held.closed());
}

interface HeldKind {
  heldPrototype: object;
  /** Under which a response of this kind has what holds it. */
  key: symbol;
}
type Held = Record<symbol, HeldResponse>;

const kinds = new WeakMap<object, HeldKind>();

/** Made once for all responses of a kind: to give each one methods and properties of its own costs as much as Express does. */
function heldPrototypeOf(prototype: object): HeldKind {
  const known = kinds.get(prototype);
  if (known !== undefined) return known;
  const key = Symbol('held');
  const heldPrototype = Object.create(prototype);
  const holder = (response: Held) => response[key] as HeldResponse;
  for (const name of CALLS) {
    heldPrototype[name] = function (this: Held, ...args: unknown[]) {
      return holder(this).call(name, args);
    };
  }
  for (const name of HEADER_CALLS.filter((name) => name in prototype)) {
    heldPrototype[name] = function (this: Held, ...args: unknown[]) {
      return holder(this).changeHeader(name, args);
    };
  }
  for (const name of STATES) {
    const get = function (this: Held) {
      return holder(this).isTaken(name) || Reflect.get(prototype, name, this);
    };
    Object.defineProperty(heldPrototype, name, { configurable: true, get });
  }
  kinds.set(prototype, { heldPrototype, key });
  return { heldPrototype, key };
}
