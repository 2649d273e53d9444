import type { NodeResponse } from '../server-types.js';
import { HEADER_CALLS, headersSent, type StateName } from './response-methods.js';
import { isDropping, isHeld, type Stage } from './stage.js';

type HeaderMethods = Record<string, ((...args: unknown[]) => unknown) | undefined>;

/** Node's methods send bytes by it. Undocumented, but in every version of Node. */
type Sending = { _header?: string | null; _send?: (...args: unknown[]) => unknown };

interface Guarded {
  readonly stage: Stage;
  overtake(): void;
}

/** Makes a response look to the application as if the held bytes were sent: `headersSent` is true, late headers throw. */
export function guard(response: NodeResponse, held: Guarded): void {
  guardBytes(response as Sending, held);
  const methods = response as unknown as HeaderMethods;
  for (const name of HEADER_CALLS) {
    const before = methods[name];
    if (before === undefined) continue;
    methods[name] = (...args) =>
      mayChangeHeaders(held.stage) ? Reflect.apply(before, response, args) : response;
  }
  const stateProperty = (name: StateName): PropertyDescriptor => ({
    configurable: true,
    get: () => isReached(name, held.stage) || Reflect.get(Object.getPrototypeOf(response), name, response),
  });
  Object.defineProperties(response, {
    headersSent: stateProperty('headersSent'),
    writableEnded: stateProperty('writableEnded'),
  });
}

/** Lets no bytes out before a head: a method of Node that was kept from before ours was there writes past the hold. */
function guardBytes(response: Sending, held: Guarded): void {
  const send = response._send;
  if (send === undefined) return; // HTTP/2
  response._send = (...args) => {
    if (response._header === null && isHeld(held.stage)) held.overtake();
    return Reflect.apply(send, response, args);
  };
}

/** False: header changes are ignored. @throws Node's error when they come too late */
function mayChangeHeaders(stage: Stage): boolean {
  if (stage === 'holding' || stage === 'ending') throw headersSent();
  return !isDropping(stage);
}

/** Whether the application must see this state as reached, although the bytes still wait. */
function isReached(name: StateName, stage: Stage): boolean {
  return name === 'headersSent' ? isHeld(stage) : stage === 'ending';
}
