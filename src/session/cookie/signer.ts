import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { ConfigurationError } from '../../base/errors.js';
import { idOf } from './token.js';

/** `anon` finds data and authenticates nobody; `user` is issued at a login. */
export type CookieKind = 'anon' | 'user';

/** A session cookie as it came in and what became of it. Never shown with its token. */
export type ReadCookie =
  | { verdict: 'ok'; kind: CookieKind; token: string; id: string; secret: number }
  | { verdict: 'absent' | 'malformed' | 'bad-signature'; kind: CookieKind | null };

/** A cookie with a good signature. */
export type GoodCookie = Extract<ReadCookie, { verdict: 'ok' }>;

/** What a response is to do about the cookie. */
export type CookieDecision =
  | { action: 'set'; kind: CookieKind; token: string; cookieExpires: number }
  | { action: 'delete' };

/** The smallest secret that is accepted, in bytes (spec 4). */
const SECRET_BYTES = 32;
/** The name in the cookie when the application names none. */
export const DEFAULT_COOKIE_NAME = 'MOIN_SESSION';

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^(anon|user)\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;
/** Of more cookies with our name than this, the rest is not looked at: each costs a MAC. */
const MOST_COOKIES = 8;

/** Makes and reads the values of the session cookie: `KIND.TOKEN.MAC` (spec 4). */
export class CookieSigner {
  readonly name: string;
  readonly #keys: readonly KeyObject[];

  /** @throws ConfigurationError for a name that no cookie can bear, or a secret that is too short. */
  constructor(name: string, secrets: readonly Uint8Array[]) {
    assertCookieName(name);
    if (secrets.length === 0)
      throw new ConfigurationError('secrets is empty: give at least one, of 32 bytes or more');
    this.name = name;
    this.#keys = secrets.map(keyOf);
  }

  /** How many secrets verify. */
  get secrets(): number {
    return this.#keys.length;
  }

  /** The value for a cookie, signed with the first secret. */
  sign(kind: CookieKind, token: string): string {
    return `${kind}.${token}.${this.#mac(0, kind, token)}`;
  }

  /** Reads one value. Whatever it holds: no error, and no store access unless `ok`. */
  read(value: string): ReadCookie {
    const [, kind, token, mac] = VALUE.exec(value) ?? [];
    if (kind === undefined || token === undefined || mac === undefined)
      return { verdict: 'malformed', kind: null };
    const secret = this.#whichSecret(kind as CookieKind, token, mac);
    if (secret === -1) return { verdict: 'bad-signature', kind: kind as CookieKind };
    return { verdict: 'ok', kind: kind as CookieKind, token, id: idOf(token), secret };
  }

  /**
   * All cookies of our name in a `Cookie` header, in its order; one `absent` if there are none. A browser sends
   * several when they were set for other paths or domains (RFC 6265, section 5.4).
   */
  readAll(cookies: readonly (readonly [string, string])[]): ReadCookie[] {
    const ours = cookies.filter(([name]) => name === this.name).map(([, value]) => value);
    if (ours.length === 0) return [{ verdict: 'absent', kind: null }];
    return firstFormed(ours, MOST_COOKIES).map((value) => this.read(value));
  }

  /** Tries every secret, with no early end, so that the time tells nothing. */
  #whichSecret(kind: CookieKind, token: string, mac: string): number {
    const given = Buffer.from(mac);
    let found = -1;
    for (let index = this.#keys.length - 1; index >= 0; index--) {
      if (timingSafeEqual(Buffer.from(this.#mac(index, kind, token)), given)) found = index;
    }
    return found;
  }

  /** Over name, kind and token. Neither kind nor token holds a dot, so no two triples give one text. */
  #mac(index: number, kind: CookieKind, token: string): string {
    const key = this.#keys[index] as KeyObject;
    return createHmac('sha256', key).update(`${this.name}.${kind}.${token}`).digest('base64url');
  }
}

/** @throws ConfigurationError for a name that no cookie can bear. */
export function assertCookieName(name: unknown): asserts name is string {
  if (typeof name === 'string' && NAME.test(name)) return;
  throw new ConfigurationError(
    `cookieName ${JSON.stringify(name)} is no cookie name: use letters, digits, - and _`,
  );
}

/** At most so many, in their order; those that have not our form go first, for they take no place from a good one. */
function firstFormed(values: readonly string[], most: number): readonly string[] {
  if (values.length <= most) return values;
  const formed = values.flatMap((value, index) => (VALUE.test(value) ? [index] : []));
  const rest = values.flatMap((value, index) => (VALUE.test(value) ? [] : [index]));
  const kept = new Set([...formed, ...rest].slice(0, most));
  return values.filter((_, index) => kept.has(index));
}

/** The one that counts: the first good one, or else the first. */
export function decisive(cookies: readonly ReadCookie[]): ReadCookie {
  return cookies.find(({ verdict }) => verdict === 'ok') ?? cookies[0] ?? { verdict: 'absent', kind: null };
}

function keyOf(secret: Uint8Array): KeyObject {
  if (secret.byteLength >= SECRET_BYTES) return createSecretKey(secret);
  throw new ConfigurationError(
    `a secret of ${secret.byteLength} bytes is too short: at least ${SECRET_BYTES}; make one with: node -p "crypto.randomBytes(32).toString('base64url')"`,
  );
}

/** The `Set-Cookie` value for a decision (spec 4). `now` in ms; `secure`: the request came over HTTPS. */
export function serializeCookie(
  signer: CookieSigner,
  decision: CookieDecision,
  { now, secure }: { now: number; secure: boolean },
): string {
  const value = decision.action === 'set' ? signer.sign(decision.kind, decision.token) : '';
  return [`${signer.name}=${value}`, ...cookieAttributes(signer.name, decision, { now, secure })].join('; ');
}

export function cookieAttributes(
  name: string,
  decision: CookieDecision,
  { now, secure }: { now: number; secure: boolean },
): string[] {
  const ends = decision.action === 'set' ? decision.cookieExpires : 0;
  const attributes = [
    'Path=/',
    `Expires=${new Date(ends).toUTCString()}`,
    `Max-Age=${maxAge(decision, now)}`,
  ];
  attributes.push('HttpOnly', 'SameSite=Lax');
  if (secure || name.startsWith('__')) attributes.push('Secure');
  return attributes;
}

/** Whole seconds, rounded up: a lifetime stays a round number though some ms went by, and never becomes 0. */
export function maxAge(decision: CookieDecision, now: number): number {
  if (decision.action === 'delete') return 0;
  return Math.max(1, Math.ceil((decision.cookieExpires - now) / 1000));
}
