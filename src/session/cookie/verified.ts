import { timingSafeEqual } from 'node:crypto';
import { copied } from '../../base/copied.js';
import { Recent } from '../../base/recent.js';

/** The most cookies of a generation to remember; each takes some 400 bytes. */
const MOST = 4096;

/** What a cookie with a good signature says. `secret` is the index of the secret that verified it. */
interface Signed {
  readonly kind: string;
  readonly token: string;
  readonly secret: number;
}

/**
 * The cookies that were verified a moment ago: another request with one of them costs no HMAC. Only cookies with a good
 * signature come in, so forged ones drive nothing out; a flood of good ones, which any visitor can get, costs the others
 * one HMAC each.
 */
export class VerifiedCookies<Cookie extends Signed> {
  /** By kind and token. */
  readonly #recent = new Recent<{ cookie: Cookie; mac: string; macBytes: Buffer }>(MOST);

  /** The cookie of exactly this value, `KIND.TOKEN.MAC`. */
  find(value: string): Cookie | undefined {
    const end = value.lastIndexOf('.');
    const recent = this.#recent.get(value.slice(0, Math.max(end, 0)));
    return recent !== undefined && hasText(recent.macBytes, value.slice(end + 1)) ? recent.cookie : undefined;
  }

  /** The MAC that the first secret, the one that signs, gives for this kind and token. */
  firstMacOf(kind: string, token: string): string | undefined {
    const recent = this.#recent.get(`${kind}.${token}`);
    return recent?.cookie.secret === 0 ? recent.mac : undefined;
  }

  /** Returns the cookie as it is remembered, frozen. */
  add(cookie: Cookie, given: string): Cookie {
    const kept = { ...cookie, token: copied(cookie.token) };
    const mac = copied(given);
    const macBytes = Buffer.from(mac);
    this.#recent.set(`${cookie.kind}.${cookie.token}`, { cookie: kept, mac, macBytes });
    return Object.freeze(kept);
  }
}

/** Compares two MACs of the same length in constant time (spec 4). */
export function isSameMac(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

/** HMAC-SHA-256 in base64url. */
const MAC_LENGTH = 43;
/** The bytes of the MAC that is compared: a buffer of its own for each takes as long as the comparison. */
const compared = Buffer.alloc(MAC_LENGTH);

/** Whether the text is this MAC. Compares in constant time (spec 4). */
function hasText(mac: Buffer, text: string): boolean {
  // A character of several bytes that does not fit would leave bytes of the text before.
  if (text.length !== MAC_LENGTH || compared.write(text) !== MAC_LENGTH) return false;
  return timingSafeEqual(mac, compared);
}
