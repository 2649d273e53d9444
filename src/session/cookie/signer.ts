import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { ConfigurationError } from '../../base/errors.js';
import { show } from '../../base/show.js';
import { idOf } from './token.js';
import { isSameMac, VerifiedCookies } from './verified.js';

/** A cookie `anon` finds values and authenticates no user. A login issues a cookie `user`. */
export type CookieKind = 'anon' | 'user';

/** An incoming session cookie with the verdict on it. No output may show its token. */
export type ReadCookie =
  | { verdict: 'ok'; kind: CookieKind; token: string; id: string; secret: number }
  | { verdict: 'absent' | 'malformed' | 'bad-signature'; kind: CookieKind | null };

/** A cookie with a good signature. */
export type GoodCookie = Extract<ReadCookie, { verdict: 'ok' }>;

/** The minimum length of a secret, in bytes (spec 4). */
const SECRET_BYTES = 32;

/** Browsers drop a cookie whose name and value have more than 4096 bytes (RFC 6265bis, section 5.6). */
const LONGEST_NAME = 256;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^(anon|user)\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/;
/** The most cookies of our name to verify in one request: each costs an HMAC. A browser keeps fewer for one site. */
const MOST_VERIFIED = 256;
/** The most to keep of them: each with a good signature costs a store access. */
const MOST_COOKIES = 8;

/** Signs and reads the values of the session cookie: `KIND.TOKEN.MAC` (spec 4). */
export class CookieSigner {
  readonly name: string;
  readonly #keys: readonly KeyObject[];
  readonly #verified = new VerifiedCookies<GoodCookie>();

  /** @throws ConfigurationError for an invalid cookie name, for no secret, and for a secret that is too short */
  constructor(name: string, secrets: readonly Uint8Array[]) {
    assertCookieName(name);
    if (secrets.length === 0)
      throw new ConfigurationError('secrets is empty: give at least one, of 32 bytes or more');
    this.name = name;
    this.#keys = secrets.map(keyOf);
  }

  /** The number of secrets that can verify a cookie. */
  get secrets(): number {
    return this.#keys.length;
  }

  /** A cookie value, signed with the first secret. */
  sign(kind: CookieKind, token: string): string {
    const mac = this.#verified.firstMacOf(kind, token) ?? this.#mac(0, kind, token);
    return `${kind}.${token}.${mac}`;
  }

  /** Reads one value, without the store. Never throws: every text gets a verdict. */
  read(value: string): ReadCookie {
    const recent = this.#verified.find(value);
    if (recent !== undefined) return recent;
    const [, kind, token, mac] = VALUE.exec(value) ?? [];
    if (kind === undefined || token === undefined || mac === undefined)
      return { verdict: 'malformed', kind: null };
    return this.#verify(kind as CookieKind, token, mac);
  }

  #verify(kind: CookieKind, token: string, mac: string): ReadCookie {
    const secret = this.#whichSecret(kind, token, mac);
    return secret === -1
      ? { verdict: 'bad-signature', kind }
      : this.#verified.add({ verdict: 'ok', kind, token, id: idOf(token), secret }, mac);
  }

  /**
   * The cookies of our name in a `Cookie` header, in its order, at most `MOST_COOKIES`; one `absent` if there are
   * none. A browser sends several if they were set for different paths or domains (RFC 6265, section 5.4). A subdomain may
   * plant many: so neither rubbish nor forged cookies take the place of a good one, nor visitors' cookies that of a user's.
   */
  readAll(cookies: readonly (readonly [string, string])[]): readonly ReadCookie[] {
    const ours: string[] = [];
    for (const [name, value] of cookies) if (name === this.name) ours.push(value);
    if (ours.length === 0) return [{ verdict: 'absent', kind: null }];
    const formed = first(ours, MOST_VERIFIED, (value) => (VALUE.test(value) ? 0 : 1));
    return first(
      formed.map((value) => this.read(value)),
      MOST_COOKIES,
      rankOf,
    );
  }

  /**
   * The index of the secret that verifies the MAC; -1 for none. Tries every secret even after a match: the time must
   * not reveal which one matched.
   */
  #whichSecret(kind: CookieKind, token: string, mac: string): number {
    let found = -1;
    for (let index = this.#keys.length - 1; index >= 0; index--) {
      if (isSameMac(this.#mac(index, kind, token), mac)) found = index;
    }
    return found;
  }

  /** The MAC over name, kind and token. Kind and token contain no dot, so different triples give different texts. */
  #mac(index: number, kind: CookieKind, token: string): string {
    const key = this.#keys[index] as KeyObject;
    return createHmac('sha256', key).update(`${this.name}.${kind}.${token}`).digest('base64url');
  }
}

/** @throws ConfigurationError for an invalid cookie name */
export function assertCookieName(name: unknown): asserts name is string {
  if (typeof name === 'string' && NAME.test(name) && name.length <= LONGEST_NAME) return;
  const shown = typeof name === 'string' ? name.slice(0, LONGEST_NAME) : name;
  throw new ConfigurationError(
    `cookieName ${show(shown)} is no cookie name: use letters, digits, - and _, at most ${LONGEST_NAME}`,
  );
}

/** At most `most` of the values, in their order: those of the lowest rank, and of equal ones the first. */
function first<T>(values: readonly T[], most: number, rank: (value: T) => number): readonly T[] {
  if (values.length <= most) return values;
  const indexes = [...values.keys()].sort((a, b) => rank(values[a] as T) - rank(values[b] as T) || a - b);
  const kept = new Set(indexes.slice(0, most));
  return values.filter((_, index) => kept.has(index));
}

function rankOf({ verdict, kind }: ReadCookie): number {
  if (verdict !== 'ok') return 2;
  return kind === 'user' ? 0 : 1;
}

/** The cookie that counts: the first with a good signature, or else the first. */
export function decisive(cookies: readonly ReadCookie[]): ReadCookie {
  return cookies.find(({ verdict }) => verdict === 'ok') ?? cookies[0] ?? { verdict: 'absent', kind: null };
}

function keyOf(secret: Uint8Array): KeyObject {
  if (secret.byteLength >= SECRET_BYTES) return createSecretKey(secret);
  throw new ConfigurationError(
    `a secret of ${secret.byteLength} bytes is too short: at least ${SECRET_BYTES}; make one with: node -p "crypto.randomBytes(32).toString('base64url')"`,
  );
}
