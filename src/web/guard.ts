import type { NodeResponse } from './response.js';
import { HEADER_CALLS, type StateName } from './response-methods.js';

/** What decides how a response looks whose bytes wait. */
interface Waiting {
  /** False where changes are to be nothing. @throws Node's error where they come too late */
  mayChangeHeaders(): boolean;
  isTaken(state: StateName): boolean;
}

const waitings = new WeakMap<object, Waiting>();
/** What stands in for a prototype, by that prototype: a site has two or three. */
const guards = new WeakMap<object, object>();

/**
 * Has a response look as if the bytes that wait were out, until `unguard`: headers come too late, `headersSent` is true.
 * By another prototype, and not by properties of its own, of which each costs more than all the rest of the holding.
 * Where Express puts its own back meanwhile, what comes too late is not refused; `unguard` tells.
 */
export function guard(response: NodeResponse, waiting: Waiting): void {
  waitings.set(response, waiting);
  const prototype = Object.getPrototypeOf(response);
  let guarded = guards.get(prototype);
  if (guarded === undefined) {
    guarded = Object.create(prototype, look(prototype)) as object;
    guards.set(prototype, guarded);
  }
  Object.setPrototypeOf(response, guarded);
}

/** Takes the guard away again. False where Express had done so before. */
export function unguard(response: NodeResponse): boolean {
  const prototype = Object.getPrototypeOf(response);
  const before = Object.getPrototypeOf(prototype);
  const isGuarded = guards.get(before) === prototype;
  if (isGuarded) Object.setPrototypeOf(response, before);
  return isGuarded;
}

function look(prototype: object): PropertyDescriptorMap {
  const methods = HEADER_CALLS.filter((name) => name in prototype).map((name) => [
    name,
    {
      value(this: NodeResponse, ...args: unknown[]) {
        if (waitings.get(this)?.mayChangeHeaders() === false) return this;
        return Reflect.apply(Reflect.get(prototype, name), this, args);
      },
    },
  ]);
  const states = (['headersSent', 'writableEnded'] as const).map((name) => [
    name,
    {
      get(this: NodeResponse) {
        return waitings.get(this)?.isTaken(name) || Reflect.get(prototype, name, this);
      },
    },
  ]);
  return Object.fromEntries([...methods, ...states]);
}
