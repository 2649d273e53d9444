import { bare } from '../../base/own.js';
import { PERSONAL } from '../../http/cache-headers.js';
import { type CookieDecision, type CookieOptions, cookieAttributes, maxAge } from './attributes.js';
import type { CookieKind, CookieSigner } from './signer.js';

/** An outgoing cookie without its token, for `simulate`. */
export interface SetCookie {
  name: string;
  kind: 'anon' | 'user' | null;
  action: 'set' | 'delete';
  /** In seconds; 0 for a deletion; null if the browser drops the cookie when it closes (`browserSession`). */
  maxAge: number | null;
  attributes: string[];
}

/** How the cookies of a site are made. */
export interface CookieMaker {
  readonly signer: CookieSigner;
  readonly cookieOptions: CookieOptions;
}

/** The fields of most responses, which set no cookie. */
const VARY_ALONE = Object.freeze(bare({ vary: 'Cookie' }));
const PERSONAL_ALONE = Object.freeze(bare({ vary: 'Cookie', 'cache-control': PERSONAL }));

/** The session cookie of a response. Of several decisions about it the last one is sent (spec 4). */
export class ResponseCookie {
  readonly #maker: CookieMaker;
  readonly #secure: boolean;
  readonly #now: () => number;
  #decision: CookieDecision | null = null;
  #leftAlone = false;
  /** The last fields with a `Set-Cookie`: the end of a response asks for them again. */
  #last: { decision: CookieDecision; age: number | null; fields: Readonly<Record<string, string>> } | null =
    null;

  /** @param request `secure`: it came over HTTPS */
  constructor(maker: CookieMaker, { secure }: { secure: boolean }, now: () => number) {
    this.#maker = maker;
    this.#secure = secure;
    this.#now = now;
  }

  /** Whether the response sets a cookie, or must not mention it. */
  get isDecided(): boolean {
    return this.#leftAlone || this.#decision?.action === 'set';
  }

  /**
   * @param identity the cookie's token and kind; `remember`: its user asked to be remembered
   * @param cookieExpires in ms
   */
  set(
    { cookieKind, token, remember }: { cookieKind: CookieKind; token: string; remember: boolean },
    cookieExpires: number,
  ): void {
    this.#decision = { action: 'set', kind: cookieKind, token, remember, cookieExpires };
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

  /**
   * The response's header fields, by lower-case name (spec 4): `vary` always, `set-cookie` when the cookie changes. Frozen.
   * @param isPersonal a user is logged in, or a session is available
   */
  headers(isPersonal: boolean): Readonly<Record<string, string>> {
    const decision = this.#decision;
    if (decision === null) return isPersonal ? PERSONAL_ALONE : VARY_ALONE;
    const now = this.#now();
    const age = maxAge(this.#maker.cookieOptions, decision, now);
    if (this.#last?.decision !== decision || this.#last.age !== age) {
      const setCookie = this.#serialize(decision, now);
      const fields = { 'set-cookie': setCookie, 'cache-control': PERSONAL, vary: 'Cookie' };
      this.#last = { decision, age, fields: Object.freeze(bare(fields)) };
    }
    return this.#last.fields;
  }

  /** The cookie without its token. */
  outgoing(): SetCookie[] {
    const decision = this.#decision;
    if (decision === null) return [];
    const { cookieOptions } = this.#maker;
    const now = this.#now();
    return [
      {
        name: cookieOptions.cookieName,
        kind: decision.action === 'set' ? decision.kind : null,
        action: decision.action,
        maxAge: maxAge(cookieOptions, decision, now),
        attributes: this.#attributes(decision, now),
      },
    ];
  }

  /** The `Set-Cookie` value. */
  #serialize(decision: CookieDecision, now: number): string {
    const { signer } = this.#maker;
    const value = decision.action === 'set' ? signer.sign(decision.kind, decision.token) : '';
    return `${signer.name}=${value}; ${this.#attributes(decision, now).join('; ')}`;
  }

  #attributes(decision: CookieDecision, now: number): string[] {
    return cookieAttributes(this.#maker.cookieOptions, decision, { now, secure: this.#secure });
  }
}
