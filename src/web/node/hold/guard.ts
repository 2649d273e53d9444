import type { NodeResponse } from '../server-types.js';
import { HEADER_CALLS, type StateName } from './response-methods.js';

/** What decides how a response looks whose bytes wait. */
interface Waiting {
  /** False where changes are to be nothing. @throws Node's error where they come too late */
  mayChangeHeaders(): boolean;
  isTaken(state: StateName): boolean;
}

type HeaderMethods = Record<string, ((...args: unknown[]) => unknown) | undefined>;

/** Has a response look as if the bytes that wait were out: headers come too late, `headersSent` is true. */
export function guard(response: NodeResponse, waiting: Waiting): void {
  const methods = response as unknown as HeaderMethods;
  for (const name of HEADER_CALLS) {
    const before = methods[name];
    if (before === undefined) continue;
    methods[name] = (...args) =>
      waiting.mayChangeHeaders() ? Reflect.apply(before, response, args) : response;
  }
  const look = (name: StateName): PropertyDescriptor => ({
    configurable: true,
    get: () => waiting.isTaken(name) || Reflect.get(Object.getPrototypeOf(response), name, response),
  });
  Object.defineProperties(response, {
    headersSent: look('headersSent'),
    writableEnded: look('writableEnded'),
  });
}
