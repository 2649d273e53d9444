import type { HeaderFields, IncomingRequest } from './request.js';

/** Header fields by name, from an object or from `Headers`. A name that occurs several times has a list. */
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

/** A header field by its lower-case name. The names in `headers` may be in any case. */
export function headerField(headers: HeaderFields, name: string): string | readonly string[] | undefined {
  // `hasOwn`: a polluted `Object.prototype` would give every request its fields.
  if (Object.hasOwn(headers, name)) return headers[name];
  const spelling = Object.keys(headers).find((candidate) => candidate.toLowerCase() === name);
  return spelling === undefined ? undefined : headers[spelling];
}

/** The first of several values of a header field, as a client or its nearest proxy wrote it. */
export function firstValue(header: string | readonly string[] | undefined): string | undefined {
  const text = typeof header === 'string' ? header : header?.[0];
  return text?.split(',', 1)[0]?.trim();
}

/**
 * The host that the browser asked for, with its port if it named one.
 * @param behindProxy the peer is a trusted proxy: its `X-Forwarded-Host` counts
 */
export function askedHost(headers: HeaderFields, behindProxy: boolean): string | undefined {
  const field = (name: string) => firstValue(headerField(headers, name));
  return (behindProxy ? field('x-forwarded-host') : undefined) ?? field(':authority') ?? field('host');
}

/** A header field as one line: several values are joined by commas (RFC 9110, section 5.3). */
export function joinedField(header: string | readonly string[] | undefined): string | undefined {
  return header === undefined || typeof header === 'string' ? header : header.join(', ');
}
