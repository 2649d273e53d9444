import type { NodeResponse } from './response.js';
import { HEADER_CALLS, type HeaderCallName, type Methods, type StateName } from './response-methods.js';

/** What decides how a response looks whose bytes wait. */
interface Waiting {
  changeHeader(name: HeaderCallName, args: unknown[]): unknown;
  isTaken(state: StateName): boolean;
}

/**
 * Has a response look as if the bytes that wait were out. Done only where bytes do wait: this costs more than all the
 * rest of the holding.
 * @returns the methods as they were before
 */
export function guard(response: NodeResponse, waiting: Waiting): Partial<Methods> {
  const methods = response as unknown as Methods;
  const before: Partial<Methods> = {};
  for (const name of HEADER_CALLS) {
    if (methods[name] === undefined) continue;
    before[name] = methods[name];
    methods[name] = (...args) => waiting.changeHeader(name, args);
  }
  const look = (name: StateName) => ({
    configurable: true,
    get: () => waiting.isTaken(name) || really(response, name),
  });
  Object.defineProperties(response, {
    headersSent: look('headersSent'),
    writableEnded: look('writableEnded'),
  });
  return before;
}

/** What Node says of a response. */
export function really(response: NodeResponse, name: StateName): boolean {
  return Reflect.get(Object.getPrototypeOf(response), name, response);
}
