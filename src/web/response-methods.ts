/** What of a response is held, and how its methods are called. */

export type CallName = 'writeHead' | 'flushHeaders' | 'write' | 'end';
export const HEADER_CALLS = ['setHeader', 'setHeaders', 'appendHeader', 'removeHeader'] as const;
/** What is true as soon as the application may take it to be, though the bytes still wait. */
export type StateName = 'headersSent' | 'writableEnded';
type Method = (...args: unknown[]) => unknown;
export type Methods = Record<CallName, Method>;

export interface Call {
  name: CallName;
  args: unknown[];
}

/** The arguments of `writeHead` behind the status. A list of headers may name one several times. */
export function headOf(args: unknown[]): {
  reason: string[];
  headers: [string, string][];
  mayRepeat: boolean;
} {
  const reason = typeof args[0] === 'string' ? [args[0]] : [];
  const headers = reason.length > 0 ? args[1] : (args[0] ?? args[1]);
  const mayRepeat = Array.isArray(headers);
  return { reason, headers: mayRepeat ? pairsOf(headers) : Object.entries(headers ?? {}), mayRepeat };
}

function pairsOf(headers: unknown[]): [string, string][] {
  if (headers.every(Array.isArray)) return headers as [string, string][];
  return (headers as string[]).flatMap((name, index, all) =>
    index % 2 === 0 ? [[name, all[index + 1] as string]] : [],
  );
}

/** What Node throws when a header comes too late. */
export function headersSent(): Error {
  const error = new Error('Cannot set headers after they are sent to the client');
  return Object.assign(error, { code: 'ERR_HTTP_HEADERS_SENT' });
}
