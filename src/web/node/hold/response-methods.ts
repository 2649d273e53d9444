/** The methods of a response that are held, and how they are called. */

export const CALLS = ['writeHead', 'flushHeaders', 'write', 'end'] as const;
export type CallName = (typeof CALLS)[number];
export const HEADER_CALLS = ['setHeader', 'setHeaders', 'appendHeader', 'removeHeader'] as const;
/** States that the application sees as reached while bytes are held back. */
export const STATES = ['headersSent', 'writableEnded'] as const;
export type StateName = (typeof STATES)[number];
export type Method = (...args: unknown[]) => unknown;

export interface Call {
  name: CallName;
  args: unknown[];
  /** The method below the hold. */
  method: Method;
}

/** What Node throws when a header comes too late. */
export function headersSent(): Error {
  const error = new Error('Cannot set headers after they are sent to the client');
  return Object.assign(error, { code: 'ERR_HTTP_HEADERS_SENT' });
}

/** Reports a call that is ignored to its callback. */
export function notifyIgnored(args: unknown[]): void {
  const done = args.findLast((arg) => typeof arg === 'function') as ((error: Error) => void) | undefined;
  if (done !== undefined) process.nextTick(done, new Error('the response has ended'));
}
