import type { ResponseCookie } from './response-cookie.js';
import type { CookieKind, CookieSigner } from './signer.js';

/** Where the token of a session goes: into the response's cookie, or to an auth method that sends it by other means. */
export type TokenCarrier = Pick<ResponseCookie, 'set' | 'delete'>;

/** Keeps the signed token of a session for an auth method. */
export class TokenHolder implements TokenCarrier {
  readonly #signer: CookieSigner;
  /** The token that the client has to send, as the cookie would have it; null when there is none. */
  token: string | null;
  /** When the token expires (ms); null when there is none, or a login is not done. */
  expires: number | null = null;

  /** @param token the one that the client has already */
  constructor(signer: CookieSigner, token: string | null = null) {
    this.#signer = signer;
    this.token = token;
  }

  set({ cookieKind, token }: { cookieKind: CookieKind; token: string }, cookieExpires: number): void {
    this.token = this.#signer.sign(cookieKind, token);
    this.expires = cookieExpires;
  }

  delete(): void {
    this.token = null;
    this.expires = null;
  }
}
