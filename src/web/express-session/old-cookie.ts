/** What names a cookie in a browser (RFC 6265, section 5.3). */
export interface OldCookie {
  name: string;
  /** Default `/`. */
  path?: string;
  /** Default: none, this host alone. */
  domain?: string;
}

/** The `Set-Cookie` that deletes a cookie. @param secure whether the browser's connection is HTTPS */
export function deletedCookie({ name, path = '/', domain }: OldCookie, secure: boolean): string {
  const parts = [
    `${name}=`,
    `Path=${path}`,
    'Max-Age=0',
    'Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    'HttpOnly',
  ];
  if (domain !== undefined) parts.push(`Domain=${domain}`);
  // A `__Secure-` or `__Host-` name is deleted by a Secure cookie alone.
  if (secure) parts.push('Secure');
  return parts.join('; ');
}
