import { bare } from '../../base/own.js';
import {
  type CookieDecision,
  type CookieKind,
  type CookieSigner,
  cookieAttributes,
  maxAge,
  serializeCookie,
} from './signer.js';

/** An outgoing cookie without its token, for `simulate`. */
export interface SetCookie {
  name: string;
  kind: 'anon' | 'user' | null;
  action: 'set' | 'delete';
  /** In seconds; 0 for a deletion. */
  maxAge: number;
  attributes: string[];
}

/** The session cookie of a response. Of several decisions about it the last one is sent (spec 4). */
export class ResponseCookie {
  readonly #signer: CookieSigner;
  readonly #secure: boolean;
  readonly #now: () => number;
  #decision: CookieDecision | null = null;
  #leftAlone = false;

  /** @param request `secure`: it came over HTTPS */
  constructor(signer: CookieSigner, { secure }: { secure: boolean }, now: () => number) {
    this.#signer = signer;
    this.#secure = secure;
    this.#now = now;
  }

  /** Whether the response sets a cookie, or must not mention it. */
  get isDecided(): boolean {
    return this.#leftAlone || this.#decision?.action === 'set';
  }

  /** @param cookieExpires in ms */
  set(kind: CookieKind, token: string, cookieExpires: number): void {
    this.#decision = { action: 'set', kind, token, cookieExpires };
  }

  delete(): void {
    this.#decision = { action: 'delete' };
  }

  /** Sends no `Set-Cookie`: another response may be giving the browser a newer cookie. */
  leaveAlone(): void {
    this.#leftAlone = true;
    this.#decision = null;
  }

  /** Withdraws a cookie that was to be set. A deletion stands. */
  rollBack(): void {
    if (this.#decision?.action === 'set') this.#decision = null;
  }

  /** The response's header fields, by lower-case name; none when the cookie stays as it is. */
  headers(): Record<string, string> {
    if (this.#decision === null) return bare({});
    const request = { now: this.#now(), secure: this.#secure };
    return bare({
      'set-cookie': serializeCookie(this.#signer, this.#decision, request),
      'cache-control': 'no-cache="Set-Cookie"',
      vary: 'Cookie',
    });
  }

  /** The cookie without its token. */
  outgoing(): SetCookie[] {
    const decision = this.#decision;
    if (decision === null) return [];
    const { name } = this.#signer;
    const now = this.#now();
    const attributes = cookieAttributes(name, decision, { now, secure: this.#secure });
    const kind = decision.action === 'set' ? decision.kind : null;
    return [{ name, kind, action: decision.action, maxAge: maxAge(decision, now), attributes }];
  }
}
