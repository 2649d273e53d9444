/** The length of a new secret, and the least of any, in bytes (spec 4). */
export const SHORTEST_SECRET = 32;

/** The longest secret that a store keeps, in bytes. */
const LONGEST_SECRET = 32 * 1024;

/** 32 bytes or more, in base64url. */
const TEXT = /^[A-Za-z0-9_-]{43,}$/;

/** The text in which a store keeps a secret. @throws TypeError for a secret that is too short or too long */
export function secretText(secret: Uint8Array): string {
  if (!(secret.byteLength >= SHORTEST_SECRET && secret.byteLength <= LONGEST_SECRET))
    throw new TypeError(`a secret is ${SHORTEST_SECRET} bytes or more, and at most ${LONGEST_SECRET}`);
  return Buffer.from(secret).toString('base64url');
}

/** The secret in a text; null when it is none. White space at its end does not matter. */
export function parseSecret(text: string): Buffer | null {
  const trimmed = text.trimEnd();
  return TEXT.test(trimmed) ? Buffer.from(trimmed, 'base64url') : null;
}
