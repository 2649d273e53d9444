/** What of a response is held, and how its methods are called. */

export type CallName = 'writeHead' | 'flushHeaders' | 'write' | 'end';
export const HEADER_CALLS = ['setHeader', 'setHeaders', 'appendHeader', 'removeHeader'] as const;
/** What is true as soon as the application may take it to be, though the bytes still wait. */
export type StateName = 'headersSent' | 'writableEnded';
export type Methods = Record<CallName, (...args: unknown[]) => unknown>;

export interface Call {
  name: CallName;
  args: unknown[];
}

/** What Node throws when a header comes too late. */
export function headersSent(): Error {
  const error = new Error('Cannot set headers after they are sent to the client');
  return Object.assign(error, { code: 'ERR_HTTP_HEADERS_SENT' });
}

/** A write that reaches nobody: its callback hears of it. */
export function tellIgnored({ args }: Call): void {
  const done = args.findLast((arg) => typeof arg === 'function') as ((error: Error) => void) | undefined;
  if (done !== undefined) process.nextTick(done, new Error('the response has ended'));
}
