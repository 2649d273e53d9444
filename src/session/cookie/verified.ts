import { timingSafeEqual } from 'node:crypto';
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
  readonly #recent = new Recent<{ cookie: Cookie; mac: string }>(MOST);

  /** The cookie of exactly these parts. */
  find(kind: string, token: string, mac: string): Cookie | undefined {
    const recent = this.#recent.get(`${kind}.${token}`);
    return recent !== undefined && isSameMac(recent.mac, mac) ? recent.cookie : undefined;
  }

  /** The MAC that the first secret, the one that signs, gives for this kind and token. */
  firstMacOf(kind: string, token: string): string | undefined {
    const recent = this.#recent.get(`${kind}.${token}`);
    return recent?.cookie.secret === 0 ? recent.mac : undefined;
  }

  /** Returns the cookie as it is remembered, frozen. */
  add(cookie: Cookie, mac: string): Cookie {
    const kept = { ...cookie, token: copied(cookie.token) };
    this.#recent.set(`${cookie.kind}.${cookie.token}`, { cookie: kept, mac: copied(mac) });
    return Object.freeze(kept);
  }
}

/** Compares two MACs of the same length in constant time (spec 4). */
export function isSameMac(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

/** The same text as a string of its own: a part of a string would keep the whole `Cookie` header in memory. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}
