/** The path alone: a query may hold the token of a magic link, and a whole URL a password (RFC 9112, section 3.2.2). */
export function pathOf(url: string): string | null {
  if (url.startsWith('/') || url === '*') return url.split(/[?#]/, 1)[0] as string;
  return URL.canParse(url) ? new URL(url).pathname : null;
}
