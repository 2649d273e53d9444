import type { CookieKind, GoodCookie } from './signer.js';

/** A cookie that was verified a moment ago. */
export interface RecentCookie {
  readonly cookie: GoodCookie;
  readonly mac: string;
}

/** The most cookies of one generation; each takes some 400 bytes. */
const MOST = 4096;

/**
 * The cookies that were verified last, by kind and token: another request with one of them costs no HMAC. Only those with a
 * good signature come in, so forged ones drive nothing out; a flood of good ones, which any visitor can get, costs the others
 * one HMAC each. When the younger generation is full it becomes the older one, and the older one is dropped.
 */
export class RecentCookies {
  #young = new Map<string, RecentCookie>();
  #old = new Map<string, RecentCookie>();

  get(kind: CookieKind, token: string): RecentCookie | undefined {
    const key = keyOf(kind, token);
    const recent = this.#young.get(key);
    if (recent !== undefined) return recent;
    const older = this.#old.get(key);
    if (older !== undefined) this.#keep(key, older);
    return older;
  }

  add(cookie: GoodCookie, mac: string): void {
    const { kind, token } = cookie;
    const kept = Object.freeze({ ...cookie, token: copied(token) });
    this.#keep(keyOf(kind, token), { cookie: kept, mac: copied(mac) });
  }

  #keep(key: string, recent: RecentCookie): void {
    if (this.#young.size >= MOST) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, recent);
  }
}

/** The same text, as a string of its own: a part of a string keeps the whole `Cookie` header in memory. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}

function keyOf(kind: CookieKind, token: string): string {
  return `${kind}.${token}`;
}
