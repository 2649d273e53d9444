import { hash, randomBytes } from 'node:crypto';

/** A new token: 256 random bits as 43 characters of base64url. Only the browser keeps it (spec 2). */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** The session id of a token: the first 16 bytes of its SHA-256, in lower-case hex (spec 2). */
export function idOf(token: string): string {
  return hash('sha256', token, 'hex').slice(0, 32);
}
