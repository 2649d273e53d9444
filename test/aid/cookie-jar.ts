interface Kept {
  value: string;
  expires: number;
  secure: boolean;
}

/** Keeps cookies as a browser does: lifetimes, deletions and `Secure` (RFC 6265bis, section 5.7). */
export class CookieJar {
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();

  /** @param now milliseconds since 1970 */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The value that a request sends for this name, or undefined. */
  value(name: string, secure = false): string | undefined {
    const kept = this.#kept.get(name);
    return kept !== undefined && kept.expires > this.#now() && (secure || !kept.secure)
      ? kept.value
      : undefined;
  }

  /** The `Cookie` header of a request; empty without cookies. */
  header(secure = false): string {
    return [...this.#kept.keys()]
      .filter((name) => this.value(name, secure) !== undefined)
      .map((name) => `${name}=${this.value(name, secure)}`)
      .join('; ');
  }

  /** Takes one `Set-Cookie` field; without `Max-Age` the cookie stays. */
  take(field: string, secure = false): void {
    const [pair = '', ...attributes] = field.split('; ');
    const equals = pair.indexOf('=');
    const name = pair.slice(0, equals);
    const maxAge = attributes.find((text) => text.startsWith('Max-Age='))?.slice('Max-Age='.length);
    const isSecure = attributes.includes('Secure');
    if (isSecure && !secure) return;
    const expires = maxAge === undefined ? Number.POSITIVE_INFINITY : this.#now() + Number(maxAge) * 1000;
    if (Number(maxAge) <= 0) this.#kept.delete(name);
    else this.#kept.set(name, { value: pair.slice(equals + 1), expires, secure: isSecure });
  }

  /** Sets a cookie without a response; undefined removes it. */
  plant(name: string, value: string | undefined): void {
    if (value === undefined) this.#kept.delete(name);
    else this.#kept.set(name, { value, expires: Number.POSITIVE_INFINITY, secure: false });
  }

  copy(): CookieJar {
    const copy = new CookieJar(this.#now);
    for (const [name, kept] of this.#kept) copy.#kept.set(name, kept);
    return copy;
  }
}
