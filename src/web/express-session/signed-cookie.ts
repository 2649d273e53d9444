import { type BinaryLike, createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** A secret of express-session. */
export type CookieSecret = BinaryLike | KeyObject;

/**
 * The sid in the value of a cookie of express-session: `s:SID.MAC`, percent-encoded, the MAC being HMAC-SHA-256 of the sid in
 * base64 without its padding. Null when the value has another form, or when no secret verifies it. Tries every secret even
 * after a match: the time must not reveal which one matched.
 */
export function readSid(value: string | undefined, secrets: readonly CookieSecret[]): string | null {
  const text = decode(value ?? '');
  const dot = text.lastIndexOf('.');
  if (!text.startsWith('s:') || dot < 3) return null;
  const sid = text.slice(2, dot);
  const given = Buffer.from(text.slice(dot + 1));
  const matches = secrets.map((secret) => isEqual(macOf(sid, secret), given));
  return matches.includes(true) ? sid : null;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function macOf(sid: string, secret: CookieSecret): Buffer {
  return Buffer.from(createHmac('sha256', secret).update(sid).digest('base64').replace(/=+$/, ''));
}

function isEqual(mac: Buffer, given: Buffer): boolean {
  return mac.length === given.length && timingSafeEqual(mac, given);
}
