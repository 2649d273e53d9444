import type { HeaderFields, IncomingRequest } from './request.js';

/** Header fields by name, in whatever form they came; a name that comes several times has a list. */
export function headerFields(headers: NonNullable<IncomingRequest['headers']>): HeaderFields {
  if (!isIterable(headers)) return headers;
  const fields = new Map<string, string | string[]>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    const before = fields.get(key);
    fields.set(key, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(fields);
}

function isIterable(
  headers: NonNullable<IncomingRequest['headers']>,
): headers is Iterable<readonly [string, string]> {
  return Symbol.iterator in headers;
}

/** A header field; Node's names are in lower case, those of a request written by hand may not be. */
export function headerField(headers: HeaderFields, name: string): string | readonly string[] | undefined {
  // A name of `Object.prototype` would be found in every request.
  if (Object.hasOwn(headers, name)) return headers[name];
  const spelling = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name);
  return spelling === undefined ? undefined : headers[spelling];
}
