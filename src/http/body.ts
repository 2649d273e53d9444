import { parse } from 'node:querystring';

/** Parses a body that may hold login fields. Undefined: the bytes are malformed, and the application's parser says so. */
export type ParseBody = (bytes: Uint8Array) => unknown;

const PARSERS: ReadonlyMap<string, ParseBody> = new Map([
  ['application/x-www-form-urlencoded', (bytes) => parseFields(Buffer.from(bytes).toString('utf8'))],
  ['application/json', parseJson],
]);

/**
 * The parser of a body that may hold login fields: an urlencoded form, or JSON in UTF-8 (RFC 8259, section 8.1). Null for any
 * other body. `text/plain` never counts as JSON: a page of another site can send it without asking first.
 */
export function bodyParser(
  contentType: string | null | undefined,
  contentEncoding: string | null | undefined,
): ParseBody | null {
  if ((contentEncoding ?? 'identity') !== 'identity') return null;
  const type = mediaType(contentType);
  if (type === 'application/json' && !isUtf8(contentType)) return null;
  return PARSERS.get(type ?? '') ?? null;
}

/** The media type of a `Content-Type`, without its parameters, in lower case. */
export function mediaType(contentType: string | null | undefined): string | undefined {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase();
}

function isUtf8(contentType: string | null | undefined): boolean {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(contentType ?? '') ?? [];
  return /^utf-?8$/i.test(charset);
}

/** The fields of an urlencoded body; a repeated field is a list. */
export function parseFields(text: string): Record<string, unknown> {
  return { ...parse(text) };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
