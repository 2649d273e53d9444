import type { NodeResponse } from '../server-types.js';
import { HEADER_CALLS, headersSent, type StateName } from './response-methods.js';
import { isDropping, isHeld, type Stage } from './stage.js';

type HeaderMethods = Record<string, ((...args: unknown[]) => unknown) | undefined>;

/** Makes a response look to the application as if the held bytes were sent: `headersSent` is true, late headers throw. */
export function guard(response: NodeResponse, held: { readonly stage: Stage }): void {
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

/** False: header changes are ignored. @throws Node's error when they come too late */
function mayChangeHeaders(stage: Stage): boolean {
  if (stage === 'holding' || stage === 'ending') throw headersSent();
  return !isDropping(stage);
}

/** Whether the application must see this state as reached, although the bytes still wait. */
function isReached(name: StateName, stage: Stage): boolean {
  return name === 'headersSent' ? isHeld(stage) : stage === 'ending';
}
