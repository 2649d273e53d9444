import type { IncomingRequest } from './method.js';

/** A header field; Node's names are in lower case, those of a request written by hand may not be. */
export function headerField(
  headers: NonNullable<IncomingRequest['headers']>,
  name: string,
): string | readonly string[] | undefined {
  const direct = headers[name];
  if (direct !== undefined) return direct;
  const spelling = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name);
  return spelling === undefined ? undefined : headers[spelling];
}
