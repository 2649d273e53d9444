/** The pairs of a `Cookie` header (RFC 6265, section 4.2.1), read leniently: skips parts that are no pair. */
export function parseCookieHeader(header: string | readonly string[] | undefined): [string, string][] {
  if (header === undefined || header.length === 0) return [];
  const text = typeof header === 'string' ? header : header.join(';');
  const pairs: [string, string][] = [];
  for (const part of text.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0) pairs.push([part.slice(0, equals).trim(), unquote(part.slice(equals + 1).trim())]);
  }
  return pairs;
}

function unquote(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}
