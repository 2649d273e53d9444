import { lateCrypto } from '../../base/late-crypto.js';
import type { FileName } from '../files/names.js';

/** The value of a cookie of 1.6: the name of a visitor's session, or a signed one. */
export type Cookie16 =
  | { form: 'anonymous'; name: FileName }
  /** A part behind the first colon has no `=`: MoinMoin fails at it. */
  | { form: 'broken' }
  | SignedCookie;

/** `HASH:username=BASE64:id=BASE64:expires=INT:secidx=INT`. A field that is missing or has a bad value is null. */
export interface SignedCookie {
  form: 'signed';
  hash: string;
  /** All behind the first colon: what is signed. */
  body: string;
  userId: string | null;
  /** In seconds since 1970. */
  expires: number | null;
  /** Which of the user's secrets signs. */
  secretIndex: number | null;
}

/** @param value one character for each byte */
export function readCookie16(value: FileName): Cookie16 {
  const colon = value.indexOf(':');
  if (colon === -1) return { form: 'anonymous', name: value };
  const body = value.slice(colon + 1);
  const fields = new Map<string, string>();
  for (const part of body.split(':')) {
    const equals = part.indexOf('=');
    if (equals === -1) return { form: 'broken' };
    fields.set(part.slice(0, equals), part.slice(equals + 1));
  }
  return {
    form: 'signed',
    hash: value.slice(0, colon),
    body,
    userId: decodeBase64(fields.get('id')),
    expires: wholeNumber(fields.get('expires')),
    secretIndex: wholeNumber(fields.get('secidx')),
  };
}

/** Whether the hash is the HMAC-MD5 of the body under this secret, letter by letter. */
export function isSignedBy({ hash, body }: Pick<SignedCookie, 'hash' | 'body'>, secret: FileName): boolean {
  const { createHmac, timingSafeEqual } = lateCrypto();
  const key = Buffer.from(secret, 'latin1');
  const made = createHmac('md5', key).update(body, 'latin1').digest('hex');
  const given = Buffer.from(hash, 'latin1');
  return given.length === made.length && timingSafeEqual(given, Buffer.from(made));
}

/** As Python reads an integer: space around it and a sign are fine. */
function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^[ \t\n\r\f\v]*[+-]?\d+[ \t\n\r\f\v]*$/.test(text) ? Number(text) : null;
}

/** As Python decodes base64: characters of no meaning are skipped, missing padding is an error. Empty text is no id. */
function decodeBase64(text: string | undefined): string | null {
  const letters = (text ?? '').replace(/[^A-Za-z0-9+/=]/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(letters) || letters.length % 4 !== 0) return null;
  return Buffer.from(letters, 'base64').toString();
}
